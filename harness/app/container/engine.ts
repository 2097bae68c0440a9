import type { Writable } from 'node:stream'
import type { ContainerRuntimeClient } from 'testcontainers'
import { AppError, PreflightError } from '../../model/errors.js'
import { orWhyNot } from './engine-refusal.js'
import type { PublishedOn } from './ports.js'
import { forwardSocket, sshAddress } from './ssh-engine.js'
import { loadTestcontainers } from './testcontainers.js'

/** The Docker engine's own interface, as testcontainers has found it. */
export type Docker = ContainerRuntimeClient['container']['dockerode']

export type DockerContainer = ReturnType<Docker['getContainer']>

/** What dockerode does not describe of itself. */
interface Demuxer {
  demuxStream(from: NodeJS.ReadableStream, stdout: Writable, stderr: Writable): void
}

/** Tells the two streams apart that come over one. */
export const demultiplex = (
  { modem }: DockerContainer,
  from: NodeJS.ReadableStream,
  stdout: Writable,
  stderr: Writable,
): void => {
  ;(modem as Demuxer).demuxStream(from, stdout, stderr)
}

let connecting: Promise<ContainerRuntimeClient> | undefined

/** Finds the engine as testcontainers does: DOCKER_HOST, its properties file, the usual sockets. */
export function connectEngine(): Promise<ContainerRuntimeClient> {
  connecting ??= connect().finally(() => (connecting = undefined))
  return connecting
}

async function connect(): Promise<ContainerRuntimeClient> {
  // Not needed by those who check a local process, and slow to load.
  const { getContainerRuntimeClient, log } = await loadTestcontainers()
  const search = () => orWhyNot(getContainerRuntimeClient, log)
  const address = sshAddress()
  if (address === null) return await search()
  overSsh ??= forwardSocket(address).then((host) => withHost(host, search))
  overSsh.catch(() => (overSsh = undefined))
  return await overSsh
}

/** Once for a process: its ssh lives as long. */
let overSsh: Promise<ContainerRuntimeClient> | undefined

/** Testcontainers knows no ssh and is shown the forwarded socket; the guard, which outlives that, forwards its own. */
async function withHost<T>(host: string, work: () => Promise<T>): Promise<T> {
  const given = process.env.DOCKER_HOST
  process.env.DOCKER_HOST = host
  try {
    return await work()
  } finally {
    if (given === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = given
  }
}

/** Where the engine's machine is, seen from here. */
export function publishedOn({ container, info }: ContainerRuntimeClient): PublishedOn {
  const ssh = sshAddress()
  if (ssh !== null) return { host: ssh.hostname, other: true }
  const { host, socketPath } = container.dockerode.modem as { host?: string; socketPath?: unknown }
  const other = socketPath === undefined && host !== undefined && !LOOPBACK.test(host)
  return { host: info.containerRuntime.host, other }
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/** What the engine refused, or that it has gone, as an error for the user; any other error as it is. */
export function fromEngine(error: unknown): unknown {
  if (error instanceof PreflightError || !(error instanceof Error)) return error
  const { code, syscall, statusCode } = error as NodeJS.ErrnoException & { statusCode?: unknown }
  if (typeof statusCode === 'number')
    return new AppError('APP_NOT_STARTED', `The Docker engine refused: ${reason(error)}.`, '', {
      cause: error,
    })
  // A file that is not there has the same code as a socket that is not.
  if (syscall !== 'connect' && !BROKEN.has(code ?? '')) return error
  return new AppError(
    'APP_NOT_STARTED',
    `The Docker engine does not answer any more (${error.message}). Start it, or name another one in DOCKER_HOST.`,
    '',
    { cause: error },
  )
}

/** The conversation with the engine: all others that the harness leads have errors of their own. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE'])

/** What the engine said, without the client's own words around it. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const said = (error as { json?: { message?: unknown } }).json?.message
  return typeof said === 'string' ? said : error.message
}

/** Whether the engine answered that it does not know a thing. */
export const isUnknown = (error: unknown): boolean =>
  (error as { statusCode?: unknown } | null)?.statusCode === 404
