import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join } from 'node:path'

/** The folder of this package, found from the source tree and from `dist/` alike. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
})()

/** Where the compiled probes lie: `fdtrace`, `gate`, `librehearsal.so`, `rehearsal.jar`, `libasyncProfiler.so`. `npm run test:sanitizers` has others. */
export const probesFolder: string =
  process.env.CRAC_PREFLIGHT_PROBES ?? join(packageRoot, 'dist', 'probes', `linux-${process.arch}`)

/** The version of this package, as its manifest has it. */
export function packageVersion(): string {
  const manifest = readFileSync(join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
