import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'

/** Packs the package into a folder, as it would be published, and gives the file's name there. */
export function pack(folder: string): string {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: packageRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return packed.trim().split('\n').at(-1) ?? ''
}

/** The version of a package that this project has been developed and tested with. */
export function locked(name: string): string {
  const manifest = join(packageRoot, 'node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

/** The environment without the outer test runner's own variables: an inner one is the user's. */
export const userEnvironment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|TEST|NODE_ENV|VITE|FORCE_COLOR|npm_)/.test(name),
    ),
  ),
  NO_COLOR: '1',
}
