/** Gradle from Debian, for the test of the Gradle example; it says so and skips where it is missing. */
import { installPackages } from './debian.mjs'
import { findTool, say, SetupError } from './run.mjs'

export async function gradle() {
  if (findTool('gradle') !== null || process.getuid() !== 0 || findTool('apt-get') === null) return
  try {
    await installPackages(['gradle'])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`the test of the Gradle example is skipped: ${error.message}`)
  }
}
