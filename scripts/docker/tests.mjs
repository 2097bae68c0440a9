/** Gets ready what the container tests need and tells them where it is. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { root, say } from '../setup/run.mjs'
import { closeEngine, folder, openEngine } from './engine.mjs'
import { buildImages } from './images.mjs'

/** What was got ready, for the test files that come next. */
const file = join(folder, 'tests.json')

/** Resolves to `{ host, refusal, images }`; where there is no engine, `refusal` says why. `user` is the run's own pid. */
export async function openContainerTests(user) {
  const ready = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
  if (ready?.user === user) return ready
  const engine = await openEngine(user)
  mkdirSync(folder, { recursive: true })
  let images = {}
  let { refusal } = engine
  try {
    if (engine.host !== null) images = await buildImages(engine.host, jdks())
  } catch (error) {
    refusal = `the test images can't be made: ${error.message}`
  }
  if (refusal !== null) say(`container tests are skipped: ${refusal}`)
  const prepared = { user, host: engine.host, refusal, images }
  writeFileSync(file, JSON.stringify(prepared, null, 2))
  return prepared
}

/** Ends what a run has opened, unless another run uses it still. */
export async function closeContainerTests(user) {
  if (await closeEngine(user)) rmSync(file, { force: true })
}

/** The JDKs that can be jlinked, by feature release: 17, 21 and 25 at most. */
function jdks() {
  const places = [process.env.JAVA_HOME ?? '', join(root, 'build', 'jdk-21')]
  if (existsSync('/usr/lib/jvm'))
    places.push(...readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name)))
  const found = places
    .filter(canLink)
    .map((home) => realpathSync(home))
    .map((home) => ({
      home,
      feature: Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1]),
    }))
    .filter(({ feature }) => [17, 21, 25].includes(feature))
    .sort((a, b) => a.feature - b.feature)
  if (found.length === 0) throw new Error('there is no JDK with jlink and jmods on this machine')
  return found
}

/** From its packaged modules; newer JDKs without them may link from the run-time itself. */
function canLink(home) {
  const jlink = join(home, 'bin', 'jlink')
  if (!existsSync(jlink)) return false
  if (existsSync(join(home, 'jmods', 'java.base.jmod'))) return true
  return /run-time image enabled/.test(spawnSync(jlink, ['--help'], { encoding: 'utf8' }).stdout ?? '')
}
