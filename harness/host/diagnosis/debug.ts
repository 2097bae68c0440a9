import { inspect } from 'node:util'
import { oneLine } from '../../model/text.js'

/** What can be watched: `DEBUG=crac-preflight:attach`, `DEBUG=crac-preflight:*`. */
export type Area = 'phase' | 'attach' | 'tracer' | 'sidecar' | 'pod' | 'error'

/**
 * A writer of lines for debugging the harness, on standard error, in the form that the `debug` package has made
 * usual. What an area says is asked for only where it is watched.
 */
export function debug(area: Area): (say: () => string) => void {
  const name = `crac-preflight:${area}`
  if (!isWatched(name, process.env.DEBUG ?? '')) return () => undefined
  let before = performance.now()
  return (say) => {
    const now = performance.now()
    process.stderr.write(`  ${name} ${oneLine(say())} +${Math.round(now - before)}ms\n`)
    before = now
  }
}

/** An error with its stack and every cause, for whom its message does not say enough. */
export function debugError(error: unknown): void {
  const say = debug('error')
  let lines: string[] = []
  say(() => {
    const [first = '', ...more] = inspect(error, { depth: 8 }).split('\n')
    lines = more
    return first
  })
  for (const line of lines) say(() => line)
}

/** Names with `*` for anything, separated by commas or spaces; one that begins with `-` is left out. */
export function isWatched(name: string, patterns: string): boolean {
  const words = patterns.split(/[\s,]+/).filter(Boolean)
  const covers = (pattern: string): boolean =>
    new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(name)
  if (words.some((word) => word.startsWith('-') && covers(word.slice(1)))) return false
  return words.some((word) => !word.startsWith('-') && covers(word))
}

const literally = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
