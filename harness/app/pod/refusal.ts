import { AppError } from '../../model/errors.js'
import type { Cluster } from './client.js'

/** The HTTP status that the API server answered with; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'number') return code
  // All that the library of web sockets tells of an answer.
  const unexpected = /^Unexpected server response: (\d{3})$/.exec(String(message))
  return unexpected === null ? undefined : Number(unexpected[1])
}

/**
 * What the cluster did not do, in its own words; where a right is missing they name its verb. Of streams the client library
 * keeps these words to itself: then it is the one that was asked for, as in `create resource "pods/exec"`.
 */
export function refusal(
  { server, namespace }: Cluster,
  what: string,
  error: unknown,
  asked: string | null = null,
): AppError {
  const status = statusOf(error)
  const said = status === 403 && asked !== null ? `this user cannot ${asked}` : wordsOf(error)
  return new AppError(
    'APP_NOT_STARTED',
    status === undefined
      ? `${what}: the cluster at ${server} does not answer (${said}). Look whether "kubectl version" reaches it, or name another context with --context.`
      : status === 403 || status === 401
        ? `${what}: a right is missing (${said}). docs/kubernetes.md has the role that a check needs in the namespace ${namespace}.`
        : `${what}: ${said}`,
    '',
    { cause: error },
  )
}

/** A `Status` of the API server, an error event of the web socket, or an error. */
function wordsOf(error: unknown): string {
  const { body, message, cause } = error as {
    body?: unknown
    message?: string
    cause?: { code?: string; message?: string }
  }
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: string } | undefined
    if (status?.message) return status.message
  } catch {
    // No JSON: a proxy's page, for instance.
  }
  return [message, cause?.code ?? cause?.message].filter(Boolean).join(': ') || String(error)
}
