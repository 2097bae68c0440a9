import { join } from 'node:path'
import { expect, test } from 'vitest'
import { circles, crowded, filesBelow, grouped, importsOf } from './house.js'

const root = join(import.meta.dirname, '../..')
const files = ['harness', 'reports', 'page', 'probes']
  .flatMap((folder) => filesBelow(root, folder))
  .filter((file) => !/\/(?:build|target)\//.test(file))
const imports = importsOf(
  root,
  files.filter((file) => file.endsWith('.ts')),
)

test('a folder holds 14 files at most', () => {
  expect(crowded(files)).toEqual([])
  const some = Array.from({ length: 15 }, (_, i) => `harness/run/${i}.ts`)
  expect(crowded(some)).toEqual(['harness/run holds 15 files, 14 at most: find the word that is missing'])
})

test('no import runs in a circle, not even for a type', () => {
  expect(imports.size).toBeGreaterThan(150)
  expect(imports.get('harness/preflight.ts')).toContain('harness/run/boot.ts')
  expect(circles(imports)).toEqual([])
})

test('no room leads back to itself through others', () => {
  const rooms = grouped(imports, (file) => file.split('/').slice(0, 2).join('/'))
  expect(rooms.get('harness/run')).toContain('harness/ledger')
  expect(circles(rooms)).toEqual([])
})

test('a circle is found through any number of files', () => {
  const graph = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['e']],
    ['e', []],
  ])
  expect(circles(graph)).toEqual([['a', 'b', 'c']])
})
