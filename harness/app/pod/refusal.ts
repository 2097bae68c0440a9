import { AppError } from '../../model/errors.js'
import type { Cluster } from './client.js'

/** The HTTP status that the API server answered with; undefined where there was no answer. */
export const statusOf = (error: unknown): number | undefined => (error as { code?: unknown }).code as number

/** What the cluster did not do, in its own words; where a right is missing they name its verb. */
export function refusal({ server, namespace }: Cluster, what: string, error: unknown): AppError {
  const status = statusOf(error)
  const said = wordsOf(error)
  return new AppError(
    'APP_NOT_STARTED',
    typeof status !== 'number'
      ? `${what}: the cluster at ${server} does not answer (${said}). Look whether "kubectl version" reaches it, or name another context with --context.`
      : status === 403 || status === 401
        ? `${what}: no right to (${said}). docs/kubernetes.md has the role that a check needs in the namespace ${namespace}.`
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
