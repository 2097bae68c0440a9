/** A Docker engine for a test run: the machine's own, or one of this checkout that ends with its last user. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  closeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findTool, root, say } from '../setup/run.mjs'
import { engineHost, refusal } from './api.mjs'

export const folder = join(root, 'build', 'docker')
/** The engine's own program, unpacked by the set-up where the machine has none. */
export const program = join(folder, 'engine', 'usr', 'sbin', 'dockerd')

// Not below the checkout: the name of a socket may have 107 bytes only.
const runFolder = `/run/crac-preflight-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`
const ownHost = `unix://${runFolder}/docker.sock`
const pidFile = join(runFolder, 'docker.pid')
const users = join(folder, 'users')
const log = join(folder, 'dockerd.log')

/**
 * Finds or starts an engine for a process that says when it is through: `{ host, refusal }`; `host` is null where there
 * is none, and `refusal` says why.
 */
export async function openEngine(user) {
  const why = await refusal(engineHost())
  if (why === null) return { host: engineHost(), refusal: null }
  if (process.env.DOCKER_HOST || !existsSync(program)) return { host: null, refusal: why }
  mkdirSync(users, { recursive: true })
  writeFileSync(join(users, String(user)), '')
  const failure = (await refusal(ownHost)) === null ? null : await start()
  if (failure === null) return { host: ownHost, refusal: null }
  await closeEngine(user)
  return { host: null, refusal: failure }
}

async function start() {
  mkdirSync(runFolder, { recursive: true })
  rmSync(pidFile, { force: true })
  say('starting a Docker engine for the tests')
  const output = openSync(log, 'w')
  const options = ['--host', ownHost, '--pidfile', pidFile, '--exec-root', join(runFolder, 'exec')]
  const init = findTool('tini-static')
  if (init !== null) options.push('--init-path', init)
  const child = spawn(program, [...options, '--data-root', join(folder, 'data')], {
    detached: true,
    stdio: ['ignore', output, output],
    // Its helpers lie beside it.
    env: { ...process.env, PATH: `${join(program, '..')}:/usr/sbin:/sbin:${process.env.PATH}` },
  })
  closeSync(output)
  child.unref()
  let ended = null
  child.on('error', (error) => (ended = error.message))
  child.on('exit', (code, signal) => (ended = `dockerd ended (${code ?? signal})`))
  for (let i = 0; i < 300 && ended === null; i++) {
    if ((await refusal(ownHost)) === null) return null
    await sleep(100)
  }
  if (ended === null) child.kill()
  const words = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-3).join(' | ') : ''
  return `a Docker engine can't run here: ${ended ?? 'it did not answer within 30 s'}: ${words}`
}

/** The last user stops the engine, not the one that started it: the starter may have been killed. Whether it was the last. */
export async function closeEngine(user) {
  if (!existsSync(users)) return true
  rmSync(join(users, String(user)), { force: true })
  for (const pid of readdirSync(users)) {
    if (existsSync(`/proc/${pid}`)) return false
    rmSync(join(users, pid), { force: true })
  }
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
  if (!pid) return true
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    return true
  }
  for (let i = 0; i < 300 && existsSync(`/proc/${pid}`); i++) await sleep(100)
  // What an app on the host's own network leaves mounted can't be removed.
  spawnSync('umount', [join(runFolder, 'exec', 'netns', 'default')], { stdio: 'ignore' })
  rmSync(runFolder, { recursive: true, force: true })
  return true
}
