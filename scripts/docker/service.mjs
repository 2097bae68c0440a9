/** An engine of the tests' own as a process of theirs: it ends when they say so, or when they end. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root, say } from '../setup/run.mjs'
import { refusal } from './api.mjs'

/** Where one keeps its storage between runs, and where its sockets are: the name of a socket may have 107 bytes only. */
export function placesOf(name, owner) {
  const folder = join(root, 'build', name)
  const runFolder = `/run/crac-preflight-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`
  for (const each of [folder, runFolder]) {
    mkdirSync(each, { recursive: true })
    chownSync(each, owner, owner)
  }
  return { folder, runFolder }
}

export const noService = (why) => ({ host: null, refusal: why, stop: async () => {} })

/** `{ host, refusal, stop }`; where it does not come to answer, `refusal` says why. `ending` removes what outlives it. */
export async function startService({ what, socket, command, env, folder, runFolder, ending = () => {} }) {
  say(`starting ${what} for the tests`)
  const log = join(folder, 'service.log')
  const output = openSync(log, 'w')
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...command], {
    stdio: ['ignore', output, output],
    env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: runFolder, ...env },
  })
  closeSync(output)
  let ended = null
  child.on('error', (error) => (ended = error.message))
  child.on('exit', (code, signal) => (ended = `it ended (${code ?? signal})`))
  const stop = async () => {
    child.kill()
    while (ended === null) await sleep(20)
    ending()
    rmSync(runFolder, { recursive: true, force: true })
  }
  for (let i = 0; i < 600 && ended === null; i++) {
    if ((await refusal(`unix://${socket}`)) === null) {
      // The harness of an ordinary user and that of root use it.
      chmodSync(socket, 0o666)
      return { host: `unix://${socket}`, refusal: null, stop }
    }
    await sleep(50)
  }
  const words = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-3).join(' | ')
  const why = `${what} can't run here: ${ended ?? 'no answer within 30 s'}: ${words}`
  await stop()
  return noService(why)
}
