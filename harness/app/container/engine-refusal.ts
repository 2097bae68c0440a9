import { access, constants } from 'node:fs/promises'
import type { log as testcontainersLog } from 'testcontainers'
import { AppError } from '../../model/errors.js'

/** The outcome of testcontainers' search for an engine; where there is none, an error that says why. */
export async function orWhyNot<T>(search: () => Promise<T>, log: typeof testcontainersLog): Promise<T> {
  const told: string[] = []
  const debug = log.debug.bind(log)
  // Why an engine can't be used is said nowhere else.
  log.debug = (message, options) => {
    told.push(message)
    debug(message, options)
  }
  try {
    return await search()
  } catch (error) {
    throw new AppError('APP_NOT_STARTED', await explain(firstFailure(told) ?? String(error)), '', {
      cause: error,
    })
  } finally {
    Reflect.deleteProperty(log, 'debug')
  }
}

/** Each failure is followed by its stack: `Error [CODE]: message`, where one of code and message may be missing. */
function firstFailure(told: string[]): string | undefined {
  const stack = told[told.findIndex((line) => line.includes('does not work')) + 1] ?? ''
  const [, code, message] = /^\w*Error(?: \[(\w+)\])?: *(.*)/.exec(stack) ?? []
  return message === '' ? code : message
}

async function explain(cause: string): Promise<string> {
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
  return `The Docker engine at ${host} can't be used: ${cause.trim()}. See that it runs, or name another one in DOCKER_HOST.`
}
