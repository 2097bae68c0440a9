/** CRIU from Debian's newest suite in build/criu, for what restores an app here; tests say so and skip where it is missing. */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { findTool, root, run, say } from './run.mjs'
import { withSuite } from './suite.mjs'

const home = join(root, 'build', 'criu')
/** One that is too old, to be told of. */
const old = join(root, 'build', 'criu-old')

/** Runs it with the C library and the others that came with it: they are newer than this machine's. */
const launcher = `#!/bin/sh
tree=$(dirname "$(readlink -f "$0")")/tree
lib=$tree/usr/lib/x86_64-linux-gnu
old=$tree/lib/x86_64-linux-gnu
linker=$lib/ld-linux-x86-64.so.2
[ -e "$linker" ] || linker=$old/ld-linux-x86-64.so.2
exec "$linker" --library-path "$lib:$old:$tree/usr/lib" "$tree/usr/sbin/criu" "$@"
`

/** The environment with which the harness finds it, where the user names none. */
export const withCriu = () =>
  existsSync(home) && process.env.CRAC_PREFLIGHT_CRIU === undefined
    ? { CRAC_PREFLIGHT_CRIU: join(home, 'criu') }
    : {}

export async function criu() {
  if (process.arch !== 'x64' || process.getuid() !== 0 || findTool('apt-get') === null) return
  await unpackOnce('sid', home, 'the tests that restore are skipped')
}

/** For the tests alone. */
export async function oldCriu() {
  if (process.arch !== 'x64' || process.getuid() !== 0 || findTool('apt-get') === null) return
  await unpackOnce('bookworm', old, 'the test of an old CRIU is skipped')
}

async function unpackOnce(suite, home, without) {
  const failed = `${home}.failed`
  if (existsSync(home) || existsSync(failed)) return
  say(`fetching CRIU of Debian's suite ${suite} for the tests`)
  const fresh = `${home}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(join(fresh, 'tree'), { recursive: true })
  try {
    await withSuite(suite, fresh, async ({ withLibraries, unpack }) => {
      await unpack(await withLibraries('criu'), join(fresh, 'tree'))
    })
    writeFileSync(join(fresh, 'criu'), launcher)
    chmodSync(join(fresh, 'criu'), 0o755)
    await run(join(fresh, 'criu'), ['--version'])
    renameSync(fresh, home)
  } catch (error) {
    // Remembered, so that a machine without the suite does not try again at every start.
    writeFileSync(failed, `${error.message}\n`)
    say(`${without}: ${error.message}. To try again, delete build/${basename(failed)}`)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
