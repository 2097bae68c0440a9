import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

const text = readFileSync(join(packageRoot, 'docs', 'security.md'), 'utf8')
const promises = [...text.matchAll(/^\| (.+?) +\| `(test\/.+?)`: (.+?) +\|$/gm)]

test('each promise names a test that exists', () => {
  expect(promises.length).toBeGreaterThan(10)
  for (const [, promise, file = '', name = ''] of promises) {
    expect([promise, existsSync(join(packageRoot, file))]).toEqual([promise, true])
    expect([promise, readFileSync(join(packageRoot, file), 'utf8').includes(name)]).toEqual([promise, true])
  }
})
