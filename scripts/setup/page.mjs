/** The page that `--html` writes: its script and style sheet in dist/page. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const vite = join('node_modules', 'vite', 'bin', 'vite.js')
const inputs = ['page', 'reports', 'harness/model', 'tsconfig.json', 'package-lock.json']

// Replaced as a whole, as the TypeScript is: a failed build leaves the last good one.
export async function page() {
  await makeOnce({ name: 'page', inputs }, async () => {
    say('building the page')
    mkdirSync(join(root, 'build'), { recursive: true })
    const folder = mkdtempSync(join(root, 'build', 'page-'))
    try {
      const options = ['--config', join('page', 'vite.config.ts'), '--outDir', folder]
      await run(process.execPath, [vite, 'build', ...options])
      mkdirSync(join(root, 'dist'), { recursive: true })
      rmSync(join(root, 'dist', 'page'), { recursive: true, force: true })
      renameSync(folder, join(root, 'dist', 'page'))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    return [join('dist', 'page', 'page.js'), join('dist', 'page', 'page.css')]
  })
}
