/** What comes from elsewhere: fetched once into a folder below build/. Where that fails, what needs it skips and says so. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { root, say } from './run.mjs'

/** `fetch` gets a folder of its own and resolves to what in it is wanted. `what` is named where it can't be had. */
export async function fetchOnce(home, what, fetch) {
  const failed = `${home}.failed`
  if (existsSync(home) || existsSync(failed)) return
  say(`fetching ${what}`)
  mkdirSync(dirname(home), { recursive: true })
  const folder = mkdtempSync(`${home}-`)
  try {
    renameSync(await fetch(folder), home)
  } catch (error) {
    // Remembered, so that a machine without the registry does not try again at every start.
    writeFileSync(failed, `${error.message}\n`)
    const why = error.message.split('\n')[0]
    say(`no ${what}: ${why}. What needs it is skipped. To try again, delete ${relative(root, failed)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
