import { access, constants } from 'node:fs/promises'
import type { ContainerRuntimeClient } from 'testcontainers'
import { AppError, PreflightError } from '../../errors.js'

/** The Docker engine's own interface, as testcontainers has found it. */
export type Docker = ContainerRuntimeClient['container']['dockerode']

export type DockerContainer = ReturnType<Docker['getContainer']>

/** Finds the engine as testcontainers does: DOCKER_HOST, its properties file, the usual sockets. */
export async function connectEngine(): Promise<ContainerRuntimeClient> {
  // Not needed by those who check a local process, and slow to load.
  const { getContainerRuntimeClient } = await import('testcontainers')
  try {
    return await getContainerRuntimeClient()
  } catch {
    throw new AppError('APP_NOT_STARTED', await explain())
  }
}

async function explain(): Promise<string> {
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'
  const socket = /^unix:\/\/(.*)$/.exec(host)?.[1]
  const refused =
    socket === undefined
      ? null
      : await access(socket, constants.R_OK | constants.W_OK).then(
          () => null,
          (why: unknown) => (why as NodeJS.ErrnoException).code,
        )
  if (refused === 'EACCES')
    return `The Docker engine at ${host} may not be used by this user. Join the group that owns the socket (often "docker"), or run as root.`
  if (refused === 'ENOENT')
    return `There is no Docker engine: ${host} is not there. Start one, or name it in DOCKER_HOST.`
  return `The Docker engine at ${host} does not answer. Start it, or name another one in DOCKER_HOST.`
}

/** The machine of the engine where that is another one, as its address names it; null where it is this one. */
export function otherMachine({ modem }: Docker): string | null {
  const { host, socketPath } = modem as { host?: string; socketPath?: unknown }
  if (socketPath !== undefined || host === undefined || LOOPBACK.test(host)) return null
  return host
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/** What the engine refused, or that it has gone, as an error for the user; any other error as it is. */
export function fromEngine(error: unknown): unknown {
  if (error instanceof PreflightError || !(error instanceof Error)) return error
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  if (typeof statusCode === 'number')
    return new AppError('APP_NOT_STARTED', `The Docker engine refused: ${reason(error)}.`)
  if (typeof code !== 'string' || !GONE.has(code)) return error
  return new AppError(
    'APP_NOT_STARTED',
    `The Docker engine does not answer any more (${error.message}). Start it, or name another one in DOCKER_HOST.`,
  )
}

const GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'])

/** What the engine said, without the client's own words around it. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const said = (error as { json?: { message?: unknown } }).json?.message
  return typeof said === 'string' ? said : error.message
}

/** Whether the engine answered that it does not know a thing. */
export const isUnknown = (error: unknown): boolean =>
  (error as { statusCode?: unknown } | null)?.statusCode === 404
