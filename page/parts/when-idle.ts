/** Not every browser tells when it is idle, and none waits for ever. Returns how to call it off. */
export function whenIdle(act: () => void): () => void {
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(act, 1)
    return () => clearTimeout(timer)
  }
  const idle = requestIdleCallback(act, { timeout: 500 })
  return () => cancelIdleCallback(idle)
}
