import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probesRoot } from '../../harness/host/probe-folders.js'

/** What CentOS 7 and Amazon Linux 2 are not older than. */
const FLOOR = [2, 17]

const libraries = ['linux-x64', 'linux-arm64']
  .filter((folder) => existsSync(join(probesRoot, folder)))
  .flatMap((folder) =>
    ['libfdpreload.so', 'libbootstacks.so', 'librehearsal.so'].map((name) => join(folder, name)),
  )

test.for(libraries)('%s asks for nothing that glibc 2.17 does not have', (library) => {
  // Of any machine's files; objdump reads this one's only.
  const table = execFileSync('readelf', ['-W', '--dyn-syms', join(probesRoot, library)], { encoding: 'utf8' })
  const wanted = [...table.matchAll(/ UND (\S+)@GLIBC_(\d+)\.(\d+)/g)]
  expect(wanted.length).toBeGreaterThan(10)
  const tooNew = wanted.filter(
    ([, , major, minor]) => Number(major) > Number(FLOOR[0]) || Number(minor) > Number(FLOOR[1]),
  )
  expect(tooNew.map(([, name, major, minor]) => `${name} of ${major}.${minor}`)).toEqual([])
})
