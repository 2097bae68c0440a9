import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { probesFolder } from '../../harness/host/package-root.js'
import { homeLike } from './forking-launcher.js'
import { fixture, jdk, type Jdk } from './java.js'

const sources = readdirSync(fixture('crac'))
  .filter((name) => name.endsWith('.c'))
  .map((name) => fixture('crac', name))

/** Builds the launcher of a CRaC JDK that a stock one stands below; it looks for its home where it lies. */
function buildLauncher(stock: Jdk, java: string): void {
  const link = [`-L${join(stock.home, 'lib')}`, '-ljli', '-Wl,-rpath,$ORIGIN/../lib']
  execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', java, ...sources, ...link])
}

/**
 * A JDK whose `java` checkpoints and restores by a real CRIU, as a CRaC JDK does; `name` is that of its only user. Where the
 * environment names a real one it is that.
 */
export function restoringJdk(name: string, stock: Jdk = jdk): Jdk {
  const real = process.env.CRAC_PREFLIGHT_CRAC_JAVA
  if (real !== undefined) return { ...stock, java: real, home: join(real, '..', '..') }
  const home = homeLike(stock, `restoring-jdk-${stock.feature}-${name}`)
  for (const name of ['bin', 'common']) mkdirSync(join(home, name))
  for (const name of ['conf', 'release']) symlinkSync(join(stock.home, name), join(home, name))
  writeFileSync(join(home, 'lib', 'criuengine'), '')
  symlinkSync(process.env.CRAC_PREFLIGHT_CRIU ?? '', join(home, 'lib', 'criu'))
  copyFileSync(join(probesFolder, 'librehearsal.so'), join(home, 'lib', 'librehearsal.so'))
  copyFileSync(join(probesFolder, '..', 'common', 'rehearsal.jar'), join(home, 'common', 'rehearsal.jar'))
  const java = join(home, 'bin', 'java')
  buildLauncher(stock, java)
  return { ...stock, home, java }
}
