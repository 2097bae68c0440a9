import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Capability } from './capability.js'

const NOBODY = 65534

const ISOLATED = [
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--net',
  '--propagation',
  'private',
]

function whyNot(): string | null {
  const { status, stderr, error } = spawnSync('unshare', [...ISOLATED, 'setpriv', '--version'], {
    encoding: 'utf8',
  })
  return status === 0 ? null : (error?.message ?? stderr).trim()
}

/** A command can be run apart from this machine's processes and files. */
export const namespaces: Capability = { name: 'namespaces', refusal: whyNot() }

/**
 * The command for a harness on another machine, as far as it can tell: an ordinary user who sees no process but its own,
 * no network but its own loopback, and a folder for temporary files that nobody else sees. All that it shares is the engine's socket.
 */
export function elsewhere(command: string[]): string[] {
  const temporary = mkdtempSync(join(tmpdir(), 'elsewhere-'))
  const script = `ip link set lo up && mount -t tmpfs -o mode=1777 none ${temporary} && export TMPDIR=${temporary} HOME=${temporary} && exec "$@"`
  const user = [
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--inh-caps=-all',
    '--',
  ]
  return ['unshare', ...ISOLATED, 'sh', '-c', script, 'sh', ...user, ...command]
}

/** A way to the engine for an ordinary user. */
export async function openSocket(engine: string): Promise<{ host: string; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'))
  const path = join(folder, 'docker.sock')
  const connections = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: engine.replace('unix://', ''), allowHalfOpen: true })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      connections.add(from)
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  chmodSync(folder, 0o755)
  chownSync(path, NOBODY, NOBODY)
  return {
    host: `unix://${path}`,
    close: () => {
      server.close()
      for (const connection of connections) connection.destroy()
    },
  }
}
