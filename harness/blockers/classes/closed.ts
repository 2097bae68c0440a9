import { isJdkName, packageOf, plainName } from '../../model/class-names.js'
import { largest } from '../../model/lists.js'
import type { Closed, ClosedCode, ClosedCount } from '../../model/origins/closed.js'
import type { Library } from '../../model/origins/libraries.js'

const SPANS = 60
/** So many jars by name; all others are told together. */
const MOST_JARS = 12

interface Row {
  code: ClosedCode
  jar: string | null
  counts: number[]
}

/**
 * What was opened and closed again as a report tells it: in spans of one length, by jar. Null where nobody counted. What
 * comes at `untilMs` and later is the harness's own doing: it asks for the checkpoint then.
 */
export function closedOf(
  counted: readonly ClosedCount[] | null,
  libraries: readonly Library[],
  untilMs = Infinity,
): Closed | null {
  if (counted === null) return null
  const own = counted.filter(({ fromMs }) => fromMs < untilMs)
  const spanMs = spanFor(largest(own.map(({ toMs }) => toMs)))
  const jars = new Map(libraries.flatMap(({ jar, packages }) => packages.map((name) => [name, jar])))
  const rows = new Map<string, Row>()
  for (const { fromMs, toMs, files, ...by } of own) {
    const { code, jar } = codeOf(by, jars)
    const key = `${code} ${jar ?? ''}`
    const row = rows.get(key) ?? { code, jar, counts: nothing() }
    rows.set(key, row)
    const at = Math.min(SPANS - 1, Math.max(0, Math.floor((fromMs + toMs) / 2 / spanMs)))
    row.counts[at] = (row.counts[at] ?? 0) + files
  }
  const by = few([...rows.values()].sort((a, b) => sum(b) - sum(a)))
  return { total: by.reduce((total, row) => total + sum(row), 0), spanMs, by }
}

const nothing = (): number[] => Array.from({ length: SPANS }, () => 0)

const sum = ({ counts }: Row): number => counts.reduce((total, each) => total + each, 0)

/** In whole milliseconds; none is shorter than what is counted together. */
const spanFor = (ms: number): number => Math.max(10, Math.ceil(ms / SPANS))

function codeOf(
  { code, class: given }: Pick<ClosedCount, 'code' | 'class'>,
  jars: ReadonlyMap<string, string>,
): Pick<Row, 'code' | 'jar'> {
  if (code !== 'java') return { code, jar: null }
  const name = plainName(given ?? '')
  if (given === null || isJdkName(name)) return { code: 'jdk', jar: null }
  return { code: 'app', jar: jars.get(packageOf(name)) ?? null }
}

/** The rarest jars as one without a name. */
function few(rows: Row[]): Row[] {
  const rare = new Set(rows.filter(({ jar }) => jar !== null).slice(MOST_JARS))
  if (rare.size === 0) return rows
  const isOther = (row: Row): boolean => rare.has(row) || (row.code === 'app' && row.jar === null)
  const counts = nothing()
  for (const row of rows.filter(isOther))
    row.counts.forEach((count, i) => (counts[i] = (counts[i] ?? 0) + count))
  return [...rows.filter((row) => !isOther(row)), { code: 'app', jar: null, counts }]
}
