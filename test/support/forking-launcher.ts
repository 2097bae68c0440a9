import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'
import { fixture, type Jdk } from './java.js'

/** Makes a launcher fork, as a CRaC JDK's does for a JVM that is to be checkpointed with a pid of its own choice. */
export const FORKS = ['-XX:CRaCCheckpointTo=/tmp/never-written', '-XX:CRaCMinPid=99999999']

/** A stock JDK below a launcher that forks as a CRaC JDK's does. */
export function forkingJdk(
  jdk: Jdk,
  home = join(packageRoot, 'build', 'test-classes', `forking-jdk-${jdk.feature}`),
): Jdk {
  const java = join(home, 'bin', 'java')
  mkdirSync(join(home, 'bin'), { recursive: true })
  for (const name of ['lib', 'conf', 'include', 'release'])
    if (!existsSync(join(home, name))) symlinkSync(join(jdk.home, name), join(home, name))
  const link = [`-L${join(jdk.home, 'lib')}`, '-ljli', `-Wl,-rpath,$ORIGIN/../lib`]
  execFileSync('cc', ['-O1', '-Wall', '-Werror', '-o', java, fixture('forking-launcher.c'), ...link])
  return { ...jdk, home, java }
}

/** A home like another's, but for what is to be its own in `lib`. */
export function homeLike(stock: Jdk, name: string): string {
  const home = join(packageRoot, 'build', 'test-classes', name)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(join(home, 'lib'), { recursive: true })
  for (const name of readdirSync(join(stock.home, 'lib')))
    symlinkSync(join(stock.home, 'lib', name), join(home, 'lib', name))
  return home
}

/**
 * The same as an installation that has CRaC: an engine lies beside libjvm. Its libjvm is a stock one, so what CRaC does in
 * it has to come from the app: `Asks` plays what a real one printed and did. `name` is that of its only user.
 */
export function cracJdk(stock: Jdk, name: string): Jdk {
  const home = homeLike(stock, `crac-jdk-${stock.feature}-${name}`)
  writeFileSync(join(home, 'lib', 'simengine'), '')
  return forkingJdk(stock, home)
}
