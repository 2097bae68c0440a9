/** What `check`, `explain` and `trace` come to: the one value that every output takes. */
import type { FoundBlocker } from './finding.js'
import type { Known } from './known.js'
import { once } from './lists.js'
import type { Closed } from './origins/closed.js'
import type { Library } from './origins/libraries.js'
import type { Blocker, Descriptor, Evidence, Frame, LedgerEntry, Report, Verdict } from './report.js'
import { count, duration } from './text.js'

export interface Answer {
  command: 'check' | 'explain' | 'trace'
  /** The scenario, the JVM that was traced, or a text and which of its answers. */
  name: string
  /** Null where no checkpoint was asked for, or where the text does not tell. */
  verdict: Verdict | null
  /** What came of it, in a few words, without the name. */
  headline: string
  /** What was guessed and the verdict stands on; null where nothing was. */
  assumed: string | null
  /** What else there is to say of it as a whole; null where nothing is. */
  note: string | null
  blockers: readonly Blocker[]
  /** What of them was known beforehand; null where nothing was. */
  known: Known | null
  descriptors: readonly JudgedDescriptor[]
  /** Whose code is on the stacks of the descriptors, as far as jars could be read. */
  libraries: readonly Library[]
  /** What was opened and closed again; null where nobody counted. */
  closed: Closed | null
  /** Descriptors that have something in common, where they were counted. */
  groups: readonly DescriptorGroup[]
  /** Null where nothing could be observed: a text has no ledger. */
  evidence: Evidence | null
  /** What was run; null where nothing was. */
  run: Run | null
}

/** A descriptor, and how it was judged where it was. */
export type JudgedDescriptor = LedgerEntry & Partial<Pick<Descriptor, 'verdict' | 'rule'>>

/** The app, the JVM and the engine of a check, and why it came to no verdict. */
export type Run = Pick<Report, 'app' | 'jvm' | 'engine' | 'timing' | 'failure' | 'restoration'>

/** By what live descriptors can be counted. */
export const groupings = ['owner', 'site', 'thread', 'kind'] as const
export type Grouping = (typeof groupings)[number]

/** Live descriptors that have something in common. */
export interface DescriptorGroup {
  /** What they have in common: a jar, a Java line, a thread, a kind. */
  name: string
  entries: LedgerEntry[]
  /** Each different Java stack that made them, with the frame to blame for it. */
  stacks: { frames: Frame[]; owner: string | null; count: number }[]
}

/** The answer of a check. `failed` is worded so that nobody takes it for `blocked`. */
export function answerOf(report: Report): Answer {
  const { scenario, verdict, blockers, known, descriptors, libraries, closed, evidence } = report
  const { app, jvm, engine, timing, failure, restoration } = report
  const headlines = {
    checkpointable:
      evidence.tracer === 'lost'
        ? 'the tracer was lost; what was seen does not speak against a checkpoint'
        : `nothing speaks against a checkpoint${restoration?.verdict === 'restored' ? ', and it came back from one' : ''}`,
    blocked: countOf(report),
    failed: 'no verdict, the harness could not tell',
  }
  return {
    command: 'check',
    name: scenario,
    verdict,
    headline: `${headlines[verdict]}${missingOf(known)}`,
    assumed: guessOf(report),
    note: null,
    blockers,
    known,
    descriptors,
    libraries,
    closed,
    groups: [],
    evidence,
    run: { app, jvm, engine, timing, failure, restoration },
  }
}

type Judged = Pick<Answer, 'verdict' | 'blockers' | 'known'>

const acceptedIds = once(({ accepted }: Known) => new Set(accepted))

/** Whether a blocker is accepted or expected, and fails nobody. */
export const isAccepted = ({ known }: Pick<Judged, 'known'>, { id }: Pick<Blocker, 'id'>): boolean =>
  known !== null && acceptedIds(known).has(id)

/** The blockers that fail a check. */
export const newBlockers = (judged: Pick<Judged, 'blockers' | 'known'>): readonly Blocker[] =>
  judged.blockers.filter((blocker) => !isAccepted(judged, blocker))

/** What was known and is not there, as far as that fails a check. */
export const missed = (known: Known | null): readonly string[] =>
  known === null ? [] : [...known.unmet, ...(known.strict ? known.gone : [])]

/** Whether a check found what it may find. A verdict of `blocked` without any blocker does not. */
export function isAsKnown(judged: Judged): boolean {
  const { verdict, blockers, known } = judged
  if (verdict === 'failed' || verdict === null || missed(known).length > 0) return false
  return verdict === 'checkpointable' || (blockers.length > 0 && newBlockers(judged).length === 0)
}

/** `3 blockers`, `1 new blocker, 2 accepted`, `3 blockers, all accepted` */
function countOf({ blockers, known }: Report): string {
  const fresh = newBlockers({ blockers, known }).length
  const accepted = blockers.length - fresh
  if (accepted === 0) return count(blockers.length, 'blocker')
  if (fresh > 0) return `${count(fresh, 'new blocker')}, ${accepted} accepted`
  return `${count(accepted, 'blocker')}, ${accepted === 1 ? 'which is' : 'all'} accepted`
}

function missingOf(known: Known | null): string {
  if (known === null) return ''
  const { gone, unmet } = known
  return [
    ...(unmet.length > 0 ? [`, ${count(unmet.length, 'expected blocker')} not there`] : []),
    ...(gone.length > 0 ? [`, ${count(gone.length, 'accepted blocker')} gone`] : []),
  ].join('')
}

/** A verdict is about the moment of the checkpoint: where that was guessed, the guess is a part of the answer. */
function guessOf({ app, timing }: Report): string | null {
  if (app.takenAsReady === null || timing.bootMs === null) return null
  return `taken as ready after ${duration(timing.bootMs)}: ${app.takenAsReady}`
}

/** A text that was explained: each of its answers by itself, or the whole where it holds one or very many. */
export interface ExplainedText {
  /** The file. */
  name: string
  headline: string
  answers: TextAnswer[]
}

/** What a text says of one checkpoint or restore. */
export interface TextAnswer extends Answer {
  blockers: readonly FoundBlocker[]
  /** Which of the text's answers it is; null where it is the whole. */
  part: string | null
  /** The class of the exception that collects all others. */
  top: string | null
  /** Findings that were not sorted into blockers, as a text may repeat them for days. */
  unsorted: number
}
