/** Variants of the probes that only tests need, made by `probes/Makefile` as the set-up makes the others. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'
import { jdk } from './java.js'

/** Makes one file of a variant, such as `SAN=address` or `ARCH=arm64`, and returns where it is. */
export function makeProbe(name: string, ...variables: string[]): string {
  const out = mkdtempSync(join(tmpdir(), 'probes-'))
  const file = join(out, name)
  execFileSync('make', ['-C', join(packageRoot, 'probes'), `OUT=${out}`, ...variables, file], {
    env: { ...process.env, JAVA_HOME: jdk.home },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return file
}
