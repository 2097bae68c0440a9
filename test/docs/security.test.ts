import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

const read = (file: string): string => readFileSync(join(packageRoot, file), 'utf8')
/** The rows of its table of promises. */
const rows = read('docs/security.md')
  .split('## What is promised')[1]!
  .split('\n## ')[0]!
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
const promise = /^\| (.+?) +\| `(test\/.+?\.test\.ts)`: (.+?) +\|$/

test('each promise names a test that exists, by its title', () => {
  expect(rows.length).toBeGreaterThan(30)
  for (const row of rows) {
    const [, what, file = '', title = ''] = promise.exec(row) ?? []
    expect({ row, what }).toEqual({ row, what: expect.any(String) as unknown })
    expect({ row, exists: existsSync(join(packageRoot, file)) }).toEqual({ row, exists: true })
    // As it is written: with what stands for its variable part.
    const at = read(file).indexOf(title)
    expect({ row, named: at >= 0 && title.length > 15 }).toEqual({ row, named: true })
  }
})

test('each test that any page names exists', () => {
  const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: packageRoot, encoding: 'utf8' })
    .split('\n')
    .filter((page) => page !== '')
  let found = 0
  for (const page of pages) {
    const named = [...read(page).matchAll(/(?<![\w/])test\/[\w./-]+\.test\.ts/g)].map(([name]) => name)
    const absent = named.filter((name) => !existsSync(join(packageRoot, name)))
    expect({ page, absent }).toEqual({ page, absent: [] })
    found += named.length
  }
  expect(found).toBeGreaterThan(80)
})

test('each command that runs a named test by its title finds one', () => {
  const commands = execFileSync(
    'git',
    ['grep', '-hoE', `test/[A-Za-z0-9_./-]+ -t ['"][^'"]+['"]`, '--', '*.md'],
    {
      cwd: packageRoot,
      encoding: 'utf8',
    },
  )
  for (const [, file = '', title = ''] of commands.matchAll(/^(test\/\S+) -t ['"]([^'"]+)['"]$/gm))
    expect([file, title, read(file).includes(title)]).toEqual([file, title, true])
})
