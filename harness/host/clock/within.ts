/**
 * Aborted after a time, or with one of the others. Node 20 may collect a signal of `AbortSignal.timeout` as garbage that only
 * `AbortSignal.any` knows, and then it never comes; a timer keeps its own.
 */
export function within(ms: number, ...others: AbortSignal[]): AbortSignal {
  const limit = new AbortController()
  setTimeout(() => {
    limit.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  }, ms).unref()
  return AbortSignal.any([limit.signal, ...others])
}
