/** The releases of the org.crac API in build/org-crac, for tests only; they say so and skip where they are missing. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say, SetupError } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const inputs = [join('test', 'fixtures', 'org-crac')]
const folder = join('build', 'org-crac')
const failed = join(root, `${folder}.failed`)

export async function orgCrac() {
  if (existsSync(failed)) return
  try {
    await makeOnce({ name: 'org-crac', inputs }, async () => {
      say('fetching the releases of org.crac for the tests')
      const pom = join(root, 'test', 'fixtures', 'org-crac', 'pom.xml')
      await run('mvn', ['-B', '-q', 'dependency:copy', '-f', pom, `-Doutput=${join(root, folder)}`])
      return [folder]
    })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    // Remembered, so that a machine without Maven's repositories does not try again at every start.
    mkdirSync(join(root, 'build'), { recursive: true })
    writeFileSync(failed, `${error.message}\n`)
    say('org.crac could not be fetched; its tests are skipped. To try again, delete build/org-crac.failed')
  }
}
