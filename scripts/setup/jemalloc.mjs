/** Another allocator in build/jemalloc, for the test that preloads it; that says so and skips where it is missing. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTool, root, run, say } from './run.mjs'

/** Unpacked, not installed. */
async function unpackInto(folder) {
  await run('apt-get', ['download', 'libjemalloc2'], { cwd: folder })
  const deb = readdirSync(folder).find((file) => file.endsWith('.deb'))
  await run('dpkg', ['-x', join(folder, deb), join(folder, 'unpacked')])
  return join(folder, 'unpacked')
}

export async function jemalloc() {
  const home = join(root, 'build', 'jemalloc')
  const failed = `${home}.failed`
  if (existsSync(home) || existsSync(failed) || findTool('apt-get') === null) return
  say('fetching jemalloc for the tests')
  mkdirSync(join(root, 'build'), { recursive: true })
  const folder = mkdtempSync(join(root, 'build', 'jemalloc-'))
  try {
    renameSync(await unpackInto(folder), home)
  } catch (error) {
    // Remembered, so that a machine without a mirror does not try again at every start.
    writeFileSync(failed, `${error.message}\n`)
    say('no jemalloc could be fetched; its test is skipped. To try again, delete build/jemalloc.failed')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
