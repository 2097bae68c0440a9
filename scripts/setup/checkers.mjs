/** What reads shell scripts and C sources for `npm run check`; where it can't be installed, the check names it. */
import { installPackages } from './debian.mjs'
import { findTool } from './run.mjs'

export async function checkers() {
  const missing = ['shellcheck', 'clang-format'].filter((name) => findTool(name) === null)
  if (missing.length > 0 && process.getuid() === 0 && findTool('apt-get') !== null)
    await installPackages(missing)
}
