import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { OwnFolder } from '../../host/own-folder.js'
import { AppError } from '../../model/errors.js'

/** Where an engine's socket is, unless the address says it. */
const USUAL = '/var/run/docker.sock'
const READY = 'ready\n'

/** The address of an engine that is reached over ssh; null for any other. */
export function sshAddress(host = process.env.DOCKER_HOST): URL | null {
  return host?.startsWith('ssh://') && URL.canParse(host) ? new URL(host) : null
}

/**
 * A socket on this machine that leads to the engine's: the user's own ssh forwards it, by the user's own configuration and
 * keys. It ends with its standard input, and so with this process.
 */
export async function forwardSocket({ href, username, hostname, port, pathname }: URL): Promise<string> {
  // Wherever TMPDIR is: the name of a socket may have 107 bytes only, and no colon for ssh.
  const folder = await OwnFolder.make('/tmp')
  const socket = join(folder.path, 'engine.sock')
  const machine = hostname.replace(/^\[|\]$/g, '')
  const remote = pathname === '' || pathname === '/' ? USUAL : pathname
  const ssh = spawn(
    'ssh',
    [
      ...['-T', '-o', 'BatchMode=yes', '-o', 'ExitOnForwardFailure=yes', '-L', `${socket}:${remote}`],
      ...(port === '' ? [] : ['-p', port]),
      ...(username === '' ? [] : ['-l', decodeURIComponent(username)]),
      // The word comes when the socket is there.
      ...['--', machine, 'echo ready; exec cat'],
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  let told = ''
  ssh.stderr.on('data', (text: Buffer) => (told += text.toString()))
  ssh.stdin.on('error', () => undefined)
  const ended = once(ssh, 'close').then(
    () => told.trim() || 'it ended without a word',
    (error: unknown) => String(error),
  )
  let said = ''
  const ready = new Promise<null>((resolve) => {
    ssh.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      if (said.endsWith(READY)) resolve(null)
    })
  })
  const failure = await Promise.race([ready, ended])
  if (failure !== null) {
    await folder.remove()
    throw new AppError(
      'APP_NOT_STARTED',
      `The engine's machine can't be reached over ssh (${href}): ${failure}. See that ssh to ${machine} works without a question, or name another engine in DOCKER_HOST.`,
    )
  }
  // It must not keep this process from its end.
  ssh.unref()
  for (const stream of [ssh.stdin, ssh.stdout, ssh.stderr]) (stream as unknown as Socket).unref()
  return `unix://${socket}`
}
