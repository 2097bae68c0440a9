/** What reads shell scripts, C sources and workflows for `npm run check`; where it can't be installed, the check names it. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installPackages } from './debian.mjs'
import { findTool, root, run, say, SetupError } from './run.mjs'

/** GitHub's workflows can be read by a Go module only; no other registry has the program. */
export const actionlint = join(root, 'build', 'checkers', 'actionlint')
const module = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'

export async function checkers() {
  const missing = ['shellcheck', 'clang-format'].filter((name) => findTool(name) === null)
  if (missing.length > 0 && process.getuid() === 0 && findTool('apt-get') !== null)
    await installPackages(missing)
  if (findTool('go') !== null && !existsSync(actionlint)) await installActionlint()
}

async function installActionlint() {
  say(`installing ${module}`)
  try {
    await run('go', ['install', module], { env: { GOBIN: dirname(actionlint), GOTOOLCHAIN: 'local' } })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message.split('\n')[0])
  }
}
