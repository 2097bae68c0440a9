/** The programs that apply the remedies, one for each library, for tests that say so and skip without them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say, SetupError } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const folder = join('test', 'fixtures', 'remedies')
const failed = join(root, 'build', 'remedies.failed')

export async function remedies() {
  if (existsSync(failed)) return
  try {
    await makeOnce({ name: 'remedies', inputs: [folder] }, async () => {
      say(`building ${folder} with Maven`)
      await run('mvn', ['-B', '-q', 'clean', 'package', '-f', join(root, folder, 'pom.xml')])
      return [join(folder, 'micronaut', 'target', 'programs.jar')]
    })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    // Remembered, so that a machine without Maven's repositories does not try again at every start.
    mkdirSync(join(root, 'build'), { recursive: true })
    writeFileSync(failed, `${error.message}\n`)
    say(`the remedies are not applied: ${error.message}. To try again, delete build/remedies.failed`)
  }
}
