import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { classPath } from '../class-path.js'
import { jdk } from '../../../support/java.js'
import type { Peer } from './peer.js'

/** A server that a Java library embeds; it says `PORT n` when it listens, and ends with its standard input. */
export async function javaPeer(module: string, name: string): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'peer-'))
  const command = ['-Djava.io.tmpdir=.', '-cp', classPath(module), `com.example.peers.${name}`]
  const server = spawn(jdk.java, command, { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = once(server, 'exit')
  for await (const line of createInterface(server.stdout)) {
    const port = /^PORT (\d+)$/.exec(line)?.[1]
    if (port === undefined) continue
    // Whatever else it prints must not fill the pipe.
    server.stdout.resume()
    return {
      port: Number(port),
      stop: async () => {
        server.kill('SIGKILL')
        await ended
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }
  throw new Error(`${name} ended without a port`)
}
