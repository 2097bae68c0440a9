import type { ClosedCount } from '../model/origins/closed.js'
import type { Evidence } from '../model/report.js'
import type { Entry } from '../model/target.js'
import { compareLedgers, describeDifferences, mergeLedgers, type Difference } from './compare.js'
import { countEvidence, mergeEvidence, noLosses } from './evidence.js'
import { assignSamples, joinLedger } from './join.js'
import { joinable } from './observers/combinations.js'
import type { Observation } from './observers/observer.js'
import { completeRecords } from './observers/preload/match-preload.js'
import type { Sample } from './observers/profiler/samples.js'
import type { LiveFile, TracerRecord } from './records.js'
import type { Capture } from './table/capture.js'
import { describeTarget } from './table/live-table.js'
import { linkEntries } from './table/relations.js'

/** Every live descriptor with its origin, and how complete that is. */
export interface LedgerReading {
  entries: Entry[]
  evidence: Evidence
  /** What /proc/PID/fd/N linked to, by number: an engine that names another link speaks of another file. */
  links: Map<number, string>
  /** What two observers tell differently; empty where there was one. */
  differences: Difference[]
  /** What was opened and closed again; null where nobody has counted. */
  closed: ClosedCount[] | null
}

type Assembled = Pick<LedgerReading, 'entries' | 'evidence'>

/** What is said of all of it, with any observer. */
export interface Context {
  releasedAt: number
  /** Of why there is no observer, or one less. */
  troubles: (string | null)[]
  /** Of how the app was observed. */
  told: (string | null)[]
  /** What is said of a descriptor that the kernel has no record of. */
  unrecorded?: string
}

type Tells = Observation['tells']
type Found<What extends Tells> = NonNullable<Extract<Observation, { tells: What }>['found']>

/** What is left of what observers have found of one table, and how evidence calls it. */
class Parts {
  constructor(
    private readonly left: readonly Observation[],
    readonly evidence: Evidence['tracer'],
  ) {}

  /** What they tell, in words: the key of their join. */
  get what(): string {
    const told = this.left.map(({ tells }) => tells).sort()
    return told.length === 0 ? 'nothing' : told.join(', ')
  }

  of<What extends Tells>(what: What): Found<What> {
    const found = this.left.find(({ tells }) => tells === what)?.found
    if (found === undefined || found === null) throw new Error(`No observer tells ${what}.`)
    return found as Found<What>
  }
}

type Joined = Assembled & Partial<Pick<LedgerReading, 'differences'>>
type Join = (captured: Capture, parts: Parts, context: Context) => Joined | Promise<Joined>

/** How what observers tell of one table becomes a ledger; each legal combination of observers tells one of these. */
export const joins: Partial<Record<string, Join>> = {
  nothing: assembleTable,
  'records and stacks': assemblePreload,
  records: (captured, parts, context) =>
    tellKernel(captured, parts, { records: recordsOf(captured, parts), samples: new Map() }, context),
  'records, stacks': assembleSampled,
  'records, records and stacks': (captured, parts, context) => {
    const known = parts.of('records and stacks')
    const completed = completeRecords(recordsOf(captured, parts), captured.live, known)
    return tellKernel(captured, parts, completed, context)
  },
  'records, records and stacks, stacks': async (captured, parts, context) =>
    assembleBoth(
      await assembleSampled(captured, parts, context),
      assemblePreload(captured, parts, context),
      captured.live,
    ),
}

/** Joins what observers have found of a captured table; what one of them has lost is reported without it. */
export async function assemble(
  captured: Capture,
  observations: readonly Observation[],
  context: Context,
): Promise<LedgerReading> {
  const known = observations.filter(({ found }) => found !== null)
  const lost = observations.filter(({ found }) => found === null).map(({ by }) => by)
  const { observers, evidence } = joinable(known.map(({ by }) => by))
  const parts = new Parts(
    known.filter(({ by }) => observers.includes(by)),
    evidence,
  )
  const troubles = [...context.troubles, ...observations.flatMap(({ notes }) => notes)]
  const join = joins[parts.what] ?? assembleTable
  const told: Joined = await join(captured, parts, { ...context, troubles })
  // Without the kernel's records those of the library still stand; but they need not be all.
  const isLost = lost.includes('kernel') || (lost.length > 0 && observers.length === 0)
  const links = new Map(captured.live.map(({ fd, link }) => [fd, link]))
  const { entries, differences = [] } = told
  return {
    entries,
    evidence: isLost ? { ...told.evidence, tracer: 'lost' } : told.evidence,
    links,
    differences,
    closed: closedBy(known, context.releasedAt),
  }
}

/** The library alone sees who closes what. */
function closedBy(known: readonly Observation[], releasedAt: number): ClosedCount[] | null {
  const counted = known.flatMap((each) => (each.tells === 'records and stacks' ? (each.found ?? []) : []))[0]
  const ms = (ns: number): number => (ns - releasedAt) / 1e6
  return (
    counted?.closed.map(({ from, to, files, code, class: name }) => ({
      ...{ fromMs: ms(from), toMs: ms(to), files, code, class: name },
    })) ?? null
  )
}

const notesOf = ({ troubles, told }: Context, { peersTrouble }: Capture): (string | null)[] => [
  ...troubles,
  peersTrouble,
  ...told,
]

/** Of the process itself; others may have made what it was given. */
const recordsOf = ({ pid }: Capture, parts: Parts): TracerRecord[] =>
  parts.of('records').records.filter(({ tgid }) => tgid === pid)

async function assembleSampled(captured: Capture, parts: Parts, context: Context): Promise<Assembled> {
  const records = recordsOf(captured, parts)
  const samples = assignSamples(records, parts.of('stacks'))
  return await tellKernel(captured, parts, { records, samples }, context)
}

/** The ledger as the kernel's records tell it, with the Java stacks that there are for them. */
async function tellKernel(
  captured: Capture,
  parts: Parts,
  stacks: { records: TracerRecord[]; samples: Map<TracerRecord, Sample> },
  context: Context,
): Promise<Assembled> {
  const { live, sockets, watches, program, symbols } = captured
  const snapshot = parts.of('records')
  await symbols.load(stacks.records.flatMap(({ stack }) => stack))
  const entries = joinLedger({
    ...stacks,
    foreign: snapshot.records.filter((record) => record.tgid !== captured.pid),
    ...{ program, live, sockets, watches },
    ...(context.unrecorded !== undefined && { unrecorded: context.unrecorded }),
    ...joinContext(captured, context),
  })
  const { losses } = snapshot
  const notes = notesOf(context, captured)
  return {
    entries,
    evidence: countEvidence({ tracer: parts.evidence, ...stacks, live, entries, losses, notes }),
  }
}

/** The ledger as the preloaded library tells it alone. */
function assemblePreload(captured: Capture, parts: Parts, context: Context): Assembled {
  const { sockets, watches, program } = captured
  const { records, samples, live, losses, unrecorded } = parts.of('records and stacks')
  const seen = { records, samples, live }
  const entries = joinLedger({
    ...seen,
    ...{ program, sockets, watches, unrecorded },
    ...joinContext(captured, context),
  })
  const notes = notesOf(context, captured)
  return { entries, evidence: countEvidence({ tracer: parts.evidence, ...seen, entries, losses, notes }) }
}

const joinContext = ({ symbols }: Capture, { releasedAt }: Context) => ({
  releasedAt,
  nameAddress: (address: string) => symbols.name(address),
})

/** The live table alone, where nobody has records of it; the first trouble says why. */
function assembleTable(captured: Capture, _: Parts, context: Context): Assembled {
  const { live, sockets, watches } = captured
  const missing = context.troubles.find((trouble) => trouble !== null) ?? null
  const nothing = { origin: null, bound: null, listened: null, connected: null, missing }
  const bare = live.map((each) => ({ fd: each.fd, ...describeTarget(each, sockets), ...nothing }))
  const entries = linkEntries(bare, live, watches)
  const seen = { records: [], samples: new Map<TracerRecord, Sample>(), losses: noLosses }
  const notes = notesOf(context, captured)
  return { entries, evidence: countEvidence({ tracer: 'none', ...seen, live, entries, notes }) }
}

/** Two observers of one table: the kernel's ledger, completed by the other's, with what they differ in. */
function assembleBoth(
  kernel: Assembled,
  preload: Assembled,
  live: LiveFile[],
): Assembled & { differences: Difference[] } {
  const entries = mergeLedgers(kernel.entries, preload.entries)
  const differences = compareLedgers(kernel.entries, preload.entries)
  const notes = [kernel.evidence.note, describeDifferences(differences)]
  const evidence = mergeEvidence(kernel.evidence, preload.evidence, { entries, live, notes })
  return { entries, evidence, differences }
}
