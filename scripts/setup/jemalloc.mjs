/** Another allocator in build/jemalloc, for the test that preloads it; that says so and skips where it is missing. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetchOnce } from './fetch-once.mjs'
import { findTool, root, run } from './run.mjs'

/** Unpacked, not installed. */
export async function jemalloc() {
  if (findTool('apt-get') === null) return
  await fetchOnce(join(root, 'build', 'jemalloc'), 'jemalloc', async (folder) => {
    await run('apt-get', ['download', 'libjemalloc2'], { cwd: folder })
    const deb = readdirSync(folder).find((file) => file.endsWith('.deb'))
    await run('dpkg', ['-x', join(folder, deb), join(folder, 'unpacked')])
    return join(folder, 'unpacked')
  })
}
