/** Chromium from Debian, for the tests that look at pages; they say so and skip where it is missing. */
import { installPackages } from './debian.mjs'
import { findTool, say, SetupError } from './run.mjs'

/** What a user may have of it already. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

export async function browser() {
  if (names.some((name) => findTool(name) !== null)) return
  if (process.getuid() !== 0 || findTool('apt-get') === null) return
  try {
    await installPackages(['chromium'])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`the tests that look at pages are skipped: ${error.message}`)
  }
}
