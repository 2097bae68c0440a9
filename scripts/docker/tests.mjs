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
import { folder, openEngine } from './engine.mjs'
import { buildImages } from './images.mjs'

/** What test/support/docker.ts reads. */
const file = join(folder, 'tests.json')

/** Resolves to how to end it. Where there is no engine the tests are told why. */
export async function openContainerTests() {
  const engine = await openEngine()
  mkdirSync(folder, { recursive: true })
  let images = {}
  let { refusal } = engine
  try {
    if (engine.host !== null) images = await buildImages(engine.host, jdks())
  } catch (error) {
    refusal = `the test images can't be made: ${error.message}`
  }
  if (refusal !== null) say(`container tests are skipped: ${refusal}`)
  writeFileSync(file, JSON.stringify({ host: engine.host, refusal, images }, null, 2))
  return async () => {
    // Another run may use the engine still.
    if (await engine.close()) rmSync(file, { force: true })
  }
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
