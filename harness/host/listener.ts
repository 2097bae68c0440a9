import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Duplex, PassThrough } from 'node:stream'
import { probesFolder } from './package-root.js'
import { inItsRoot, O_PATH } from './process-root.js'

/** Of `probes/attach`: somebody else listens there, or could. */
const STRANGER = 3

/**
 * Connects to a unix socket if that process of that user listens on it. The program in between asks the kernel who it is,
 * for which Node has no word; the socket is opened before, so that nobody can exchange it meanwhile.
 */
export function connectToListener(path: string, { pid, uid }: { pid: number; uid: number }): Duplex {
  const [to, from] = [new PassThrough(), new PassThrough()]
  const connection = Duplex.from({ writable: to, readable: from })
  // As a socket does that is not to stay half open.
  connection.on('end', () => connection.destroy())
  inItsRoot(path, 'keep', async (found) => {
    const socket = await open(found, O_PATH | constants.O_NOFOLLOW)
    try {
      if (connection.destroyed) return
      const relay = spawn(join(probesFolder, 'attach'), [String(pid), String(uid)], {
        stdio: ['pipe', 'pipe', 'pipe', socket.fd],
      })
      let said = ''
      relay.stdin?.on('error', () => undefined)
      relay.stderr?.on('data', (text: Buffer) => (said += text.toString()))
      relay.on('error', (error) => connection.destroy(error))
      relay.on('close', (code) => {
        if (code === 0) from.end()
        else connection.destroy(refusal(code, said.trim(), path))
      })
      connection.on('close', () => relay.kill('SIGKILL'))
      if (relay.stdin) to.pipe(relay.stdin)
      // Its end comes with the program's, which says whether it was one.
      relay.stdout?.pipe(from, { end: false })
    } finally {
      await socket.close()
    }
  }).catch((error: unknown) => connection.destroy(error as Error))
  return connection
}

function refusal(code: number | null, said: string, path: string): Error {
  const name = code === STRANGER ? 'EPERM' : said === 'Connection refused' ? 'ECONNREFUSED' : 'EIO'
  return Object.assign(new Error(`${name}: ${said || 'the relay has ended'}, connect '${path}'`), {
    code: name,
  })
}
