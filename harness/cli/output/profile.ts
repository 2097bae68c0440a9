import type { Span } from '../../host/diagnosis/profile.js'

/** Steps that are the app's own, or the engine's: what they take is no cost of the check. */
const OWN = new Set(['app starts', 'warm-up', 'engine'])

/** When each step began and how long it took, in milliseconds; those within another step are indented below it. */
export function renderProfile(spans: readonly Span[], end: number): string {
  const lines: string[] = []
  const around: Span[] = []
  for (const span of spans) {
    while (around.length > 0 && (around.at(-1)?.end ?? 0) < span.end) around.pop()
    lines.push(line(`${'  '.repeat(around.length)}${span.name}`, span.begin, span.end - span.begin))
    around.push(span)
  }
  const own = spans.filter(({ name }) => OWN.has(name)).reduce((sum, { begin, end }) => sum + end - begin, 0)
  return [
    '  where the time went                 began    took',
    ...lines,
    line('all, from the command on', 0, end),
    `  beyond the app's start, the warm-up and the engine: ${Math.round(end - own)} ms`,
    '',
  ].join('\n')
}

const line = (name: string, begin: number, took: number): string =>
  `  ${name.padEnd(34)}${Math.round(begin).toString().padStart(7)}${Math.round(took).toString().padStart(8)} ms`
