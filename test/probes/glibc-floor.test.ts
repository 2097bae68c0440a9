import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probesFolder } from '../../harness/host/package-root.js'

/** What CentOS 7 and Amazon Linux 2 are not older than. */
const FLOOR = [2, 17]

test.for(['libfdpreload.so', 'libbootstacks.so', 'librehearsal.so'])(
  '%s asks for nothing that glibc 2.17 does not have',
  (library) => {
    const table = execFileSync('objdump', ['-T', join(probesFolder, library)], { encoding: 'utf8' })
    const wanted = [...table.matchAll(/\*UND\*.*\(GLIBC_(\d+)\.(\d+)[\d.]*\)\s+(\S+)/g)]
    expect(wanted.length).toBeGreaterThan(10)
    const tooNew = wanted.filter(
      ([, major, minor]) => Number(major) > Number(FLOOR[0]) || Number(minor) > Number(FLOOR[1]),
    )
    expect(tooNew.map(([, major, minor, name]) => `${name} of ${major}.${minor}`)).toEqual([])
  },
)
