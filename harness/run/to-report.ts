import { resolve } from 'node:path'
import { afterRestoreBlockers, overBudget } from '../blockers/after-restore.js'
import { toBlockers } from '../blockers/blockers.js'
import { closedOf } from '../blockers/classes/closed.js'
import { openClassIndex, type ClassIndex } from '../blockers/classes/classes.js'
import { lockFindings } from '../blockers/locks.js'
import { librariesOf } from '../blockers/classes/libraries.js'
import { nameSources } from '../blockers/classes/sources.js'
import { addRegistered } from '../blockers/selector-keys.js'
import type { PreflightError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { timed } from '../host/diagnosis/profile.js'
import { defaultName, inContainer, inPod, type AppSpec } from '../app/spec.js'
import type { EngineAnswer } from '../checkpoint/engine.js'
import type { LedgerReading } from '../ledger/ledger.js'
import { toBlocker } from '../model/finding.js'
import { masked, maskOf } from '../model/mask.js'
import { SCHEMA_ID, type Blocker, type Descriptor, type LedgerEntry, type Report } from '../model/report.js'
import { toLedgerEntry, type Entry } from '../model/target.js'
import type { ReportedApp, CompletedCheckpoint } from './checkpointed-app.js'
import type { Launch } from './launch/launch.js'
import { restorationOf } from './restore/restoration.js'

type Times = Pick<Report['timing'], 'warmUpMs' | 'totalMs' | 'begin' | 'steps'>

/** Joins findings with the ledger and tells it all in one value. `times` are taken when that is done. */
export async function toReport(checkpointed: CompletedCheckpoint, times: () => Times): Promise<Report> {
  const { app, reading, answer, properties, jvmArguments } = checkpointed
  const index = checkpointed.index ?? (await classIndexOf(reading, properties, app))
  const ledger = await timed('source files found', nameSources(reading.entries, index))
  const { cracVersion } = answer
  const locks = lockFindings(reading.entries, answer.judgements, jvmArguments ?? app.launch.own.join(' '))
  const findings = [...answer.findings, ...locks]
  const found = await timed(
    'owners found',
    toBlockers({ findings, ledger, index, cracVersion, flags: app.launch.flags }),
  )
  const restoration = restorationOf(checkpointed)
  const blockers = [
    ...found.map(toBlocker),
    ...(await afterRestoreBlockers(answer.afterRestore, index)),
    ...overBudget(restoration),
  ]
  const blocked = blockersByNumber(blockers)
  const whose = await timed('jars found', codeOn(ledger, reading.closed, index, app.checkpointAtMs))
  const report: Report = {
    schema: SCHEMA_ID,
    scenario: app.spec.name,
    verdict: answer.outcome === 'passed' && blockers.length === 0 ? 'checkpointable' : 'blocked',
    failure: null,
    app: {
      ...told(app.spec),
      command: app.launch.own,
      pid: app.pid,
      exit: null,
      takenAsReady: app.takenAsReady,
    },
    jvm: {
      version: properties.get('java.version') ?? app.launch.java.version,
      vendor: properties.get('java.vendor') ?? app.launch.java.vendor,
      crac: app.launch.java.crac,
    },
    engine: {
      name: answer.engine,
      cracVersion: answer.cracVersion,
      output: answer.output,
      durationMs: rounded(answer.durationMs),
      restore: answer.restore,
      note: answer.note,
    },
    restoration,
    known: null,
    blockers,
    descriptors: addRegistered(ledger, found).map((entry) => judged(toLedgerEntry(entry), answer, blocked)),
    ...whose,
    evidence: reading.evidence,
    timing: timing(app, answer.durationMs, times()),
  }
  return masked(report, maskOf(app.spec.mask))
}

/** What is known of an app from the moment at which it was held. */
export interface Held {
  launch: Launch
  pid: number
  /** Where all that it prints is kept. */
  log: string | undefined
}

/** A run that came to no verdict, as far as it came. */
export interface Failed {
  spec: AppSpec
  app: ReportedApp | undefined
  held: Held | undefined
}

/** The report of a run in which the harness could not tell. */
export function failedReport(failed: Failed, error: PreflightError, times: Times): Report {
  const { spec, app, held } = failed
  const { launch, log } = held ?? {}
  const report: Report = {
    schema: SCHEMA_ID,
    scenario: spec.name ?? defaultName(spec),
    verdict: 'failed',
    failure: { code: error.code, message: error.message },
    app: {
      ...told(spec),
      command: launch?.own ?? spec.command ?? [],
      pid: held?.pid ?? null,
      exit: null,
      takenAsReady: app?.takenAsReady ?? null,
    },
    jvm: {
      version: launch?.java.version ?? null,
      vendor: launch?.java.vendor ?? null,
      crac: launch?.java.crac ?? false,
    },
    engine: {
      name: launch?.engine ?? 'rehearsal',
      cracVersion: launch?.engine === 'rehearsal' ? launch.cracVersion : null,
      output: '',
      durationMs: null,
      restore: null,
      note: log === undefined ? null : `All that the app printed is in ${log}.`,
    },
    restoration: null,
    known: null,
    blockers: [],
    descriptors: [],
    libraries: [],
    closed: null,
    evidence: {
      tracer: 'none',
      records: 0,
      sampled: 0,
      unsampled: 0,
      lost: 0,
      losses: { noRoom: 0, unpaired: 0, missed: 0 },
      lostSamples: 0,
      withoutOrigin: 0,
      note: `the check did not come to its checkpoint${observedBy(launch)}`,
    },
    timing: timing(app ?? null, null, times),
  }
  return masked(report, maskOf(spec.mask))
}

/** Nobody has read what they know, but they were there. */
const observedBy = (launch: Launch | undefined): string =>
  launch === undefined || launch.observers.names.length === 0
    ? ''
    : `, where the ledger would have been read; observed by: ${launch.observers.names.join(', ')}`

const told = (spec: AppSpec): Pick<Report['app'], 'kind' | 'image'> =>
  inContainer(spec)
    ? { kind: 'container', image: spec.image }
    : inPod(spec)
      ? { kind: 'container', image: spec.kubernetes }
      : { kind: 'process', image: null }

/** Where the app's classes come from: its class path, and every other jar that it holds open. */
export async function classIndexOf(
  reading: LedgerReading,
  properties: Map<string, string>,
  { root, host }: { root: string | null; host: Host },
): Promise<ClassIndex> {
  const cwd = properties.get('user.dir') ?? '/'
  const classPath = (properties.get('java.class.path') ?? '').split(':').filter(Boolean)
  return await openClassIndex({
    javaHome: properties.get('java.home') ?? null,
    classPath: classPath.map((entry) => resolve(cwd, entry)),
    jars: [...reading.links.values()].filter((link) => link.endsWith('.jar')),
    host,
    ...(root !== null && { root }),
  })
}

/** Whose code is on the stacks, and made what is closed again. */
export async function codeOn(
  entries: readonly Entry[],
  closed: LedgerReading['closed'],
  index: ClassIndex,
  untilMs: number | null = null,
): Promise<Pick<Report, 'libraries' | 'closed'>> {
  const others = closed?.flatMap((each) => each.class ?? []) ?? []
  const libraries = await librariesOf(entries, others, index)
  return { libraries, closed: closedOf(closed, libraries, untilMs ?? undefined) }
}

/** A ledger entry with the engine's verdict. What a blocker names is blocked, whatever the engine's table says. */
function judged(
  entry: LedgerEntry,
  { judgements }: EngineAnswer,
  blocked: ReadonlyMap<number, Blocker>,
): Descriptor {
  const blocker = blocked.get(entry.fd)
  const judgement = judgements.get(entry.fd)
  if (blocker) return { ...entry, verdict: 'blocked', rule: judgement?.rule ?? blocker.summary }
  if (judgement) return { ...entry, ...judgement }
  if (judgements.size === 0) return { ...entry, verdict: entry.fd <= 2 ? 'standard' : 'unknown', rule: null }
  return { ...entry, verdict: 'claimed', rule: 'closed before the descriptors were judged' }
}

/** The first blocker that names a descriptor. */
function blockersByNumber(blockers: Blocker[]): Map<number, Blocker> {
  const first = new Map<number, Blocker>()
  for (const blocker of blockers)
    for (const fd of blocker.descriptors) if (!first.has(fd)) first.set(fd, blocker)
  return first
}

const rounded = (ms: number): number => Math.round(ms)

const timing = (
  app: Pick<ReportedApp, 'bootMs' | 'checkpointAtMs'> | null,
  checkpointMs: number | null,
  { warmUpMs, totalMs, begin, steps }: Times,
): Report['timing'] => ({
  bootMs: app === null ? null : rounded(app.bootMs),
  warmUpMs: warmUpMs === null ? null : rounded(warmUpMs),
  checkpointMs: checkpointMs === null ? null : rounded(checkpointMs),
  checkpointAtMs: app?.checkpointAtMs == null ? null : rounded(app.checkpointAtMs),
  totalMs: rounded(totalMs),
  begin,
  steps,
})
