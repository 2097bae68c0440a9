/** The sentences that every output for people shares; all of them are plain text of one line, not yet made printable. */
import type { Answer, JudgedDescriptor, Run } from '../../harness/model/answer.js'
import type {
  Blocker,
  Evidence,
  Finding,
  LedgerEntry,
  Origin,
  PeerHolder,
} from '../../harness/model/report.js'
import { count, duration, megabytes } from '../../harness/model/text.js'
import type { Action } from './stacks.js'

/** The first line of every output: whose answer, and what it is. */
export function titleOf({ name, headline, assumed }: Pick<Answer, 'name' | 'headline' | 'assumed'>): string {
  return `${name}${assumed === null ? '' : ` (${assumed})`}: ${headline}`
}

/** How complete the ledger is. */
export function evidenceSentence(evidence: Evidence): string {
  if (evidence.tracer === 'none') return 'no tracer’s records, so creators are unknown'
  const counts = [
    count(evidence.records, 'record'),
    `${evidence.sampled} with a sampled stack`,
    `${evidence.unsampled} without`,
    `${evidence.lost} lost${lossesOf(evidence)}`,
    ...(evidence.lostSamples > 0
      ? [`${count(evidence.lostSamples, 'requested stack is', 'requested stacks are')} missing`]
      : []),
    ...(evidence.withoutOrigin > 0
      ? [`${count(evidence.withoutOrigin, 'descriptor')} with unknown creator`]
      : []),
  ].join(', ')
  return evidence.tracer === 'lost'
    ? `the tracer was lost during the run: ${counts}`
    : `${evidence.tracer}: ${counts}`
}

/** The same in one word. */
export function evidenceWord(evidence: Evidence): 'complete' | 'partial' | 'none' | 'lost' {
  const { tracer, lost, lostSamples, withoutOrigin } = evidence
  if (tracer === 'none' || tracer === 'lost') return tracer
  return lost + lostSamples + withoutOrigin > 0 ? 'partial' : 'complete'
}

function lossesOf({ losses }: Evidence): string {
  const parts = [
    [losses.noRoom, 'for want of room'],
    [losses.unpaired, 'in calls that made too many'],
    [losses.missed, 'by the kernel'],
  ] as const
  const told = parts.flatMap(([number, how]) => (number > 0 ? [`${number} ${how}`] : []))
  return told.length > 0 ? ` (${told.join(', ')})` : ''
}

/** What decided, by whose rules, on which JDK. */
export function engineSentence({ engine, jvm }: Pick<Run, 'engine' | 'jvm'>): string {
  const jdk =
    jvm.version === null
      ? 'an unknown JDK'
      : `JDK ${jvm.version}${jvm.vendor === null ? '' : ` (${jvm.vendor})`}`
  const silent = engine.output === '' ? ', no answer' : ''
  const time = engine.durationMs === null ? silent : `, ${duration(engine.durationMs)}`
  if (engine.name === 'crac') return `crac: JDK.checkpoint of ${jdk}${time}`
  const rules = engine.cracVersion === null ? '' : ` by the rules of CRaC ${engine.cracVersion}`
  return `rehearsal${rules} on ${jdk}${time}`
}

/** What became of a restore that was asked for; null where none was. */
export function restoreSentence({ restoration, timing }: Pick<Run, 'restoration' | 'timing'>): string | null {
  if (restoration === null) return null
  const { verdict, reason, engine, engineVersion, capabilities } = restoration
  if (verdict === 'not-tried') return `not tried: ${reason ?? ''}`
  const name = engine === 'crac' ? 'the CRaC JDK' : 'CRIU'
  const by = `${name} ${engineVersion ?? ''}${containerWords(capabilities)}`
  if (verdict === 'restore-failed') return `failed (${by}): ${reason ?? ''}`
  const { checkpointMs, imageBytes, restoreMs, probeMs } = restoration
  return [
    `restored by ${by} in ${duration(restoreMs ?? 0)}`,
    ...(timing.bootMs === null ? [] : [`a cold start took ${duration(timing.bootMs)}`]),
    `the image of ${megabytes(imageBytes ?? 0)} was written in ${duration(checkpointMs ?? 0)}`,
    ...(probeMs === null ? [] : [`the warm-up was answered again in ${duration(probeMs)}`]),
  ].join(', ')
}

/** What an app was given that came back in another container. */
const containerWords = (capabilities: readonly string[] | null): string =>
  capabilities === null
    ? ''
    : ` in another container, with ${capabilities.join(' and ')} and without a seccomp profile,`

/** Where the time went. */
export function timingSentence({ timing }: Pick<Run, 'timing'>): string {
  const phases: [string, number | null][] = [
    ['boot', timing.bootMs],
    ['warm-up', timing.warmUpMs],
    ['checkpoint', timing.checkpointMs],
    ['total', timing.totalMs],
  ]
  return phases.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${duration(ms)}`])).join(', ')
}

/** Who owns a blocker: the frame, then the jar and the artifact it came from. */
export function ownerSentence(blocker: Blocker): string | null {
  if (blocker.owner === null) return null
  const { frame, jar, artifact } = blocker.owner
  const from = jar !== null && artifact !== null ? `${jar} (${artifact})` : (jar ?? artifact)
  return from === null ? frame : `${frame} in ${from}`
}

/** Who did it and when: `opened by thread "main", 812 ms after the start, in openat`. */
export function actionSentence(action: Action): string {
  const { origin, descriptors } = action
  const isPath = descriptors.some(({ kind }) => kind === 'file' || kind === 'directory')
  const verb =
    action.verb === 'created' && isPath
      ? 'opened'
      : action.verb === 'listened'
        ? 'set to listen'
        : action.verb
  if (action.verb === 'thrown') return 'thrown here'
  if (origin === null) return `${verb} here, as the engine's own creation stack says`
  return `${verb} by ${threadOf(origin)}${momentOf(origin)}${othersOf(descriptors.slice(1))}`
}

function othersOf(descriptors: readonly JudgedDescriptor[]): string {
  if (descriptors.length === 0) return ''
  const named = descriptors.slice(0, 5).map(({ fd }) => fd)
  const hidden = descriptors.length - named.length
  return `; so were ${named.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`
}

function threadOf(origin: Origin): string {
  if (origin.thread !== null) return `thread "${origin.thread}"`
  return origin.tid === null ? 'an unknown thread' : `thread ${origin.tid}`
}

function momentOf(origin: Origin): string {
  const when = origin.atMs === null ? '' : `, ${duration(origin.atMs)} after the start`
  return origin.syscall === null ? when : `${when}, in ${origin.syscall}`
}

/** One descriptor of a blocker: number, target, and the process at the other end where that is known. */
export function descriptorSentence(
  descriptor: Pick<LedgerEntry, 'fd' | 'target' | 'peer' | 'peerHolders'>,
): string {
  const { fd, target, peer, peerHolders } = descriptor
  const holders = [...new Set(peerHolders.map(holderWords))]
  const other = peer === null && holders.length > 0 ? ', peer' : peer === null ? '' : `, peer ${peer}`
  const more = holders.length > MOST_HOLDERS ? ` and ${holders.length - MOST_HOLDERS} more` : ''
  const held = holders.length === 0 ? '' : ` held by ${holders.slice(0, MOST_HOLDERS).join(', ')}${more}`
  return `${fd} ${target}${other}${held}`
}

const MOST_HOLDERS = 3

function holderWords({ pid, name, fd, own, end }: PeerHolder): string {
  const part = end === null ? '' : end === 'both' ? 'both ends' : `${end} end`
  if (own) return `the app itself as ${fd}${part && ` (${part})`}`
  return `${name} (pid ${pid}${part && `, ${part}`})`
}

/** One finding as the engine worded it; what a stock JDK can't know is never shown as certain. */
export function findingSentence(finding: Finding): string {
  const { type, message } = finding
  const said = type === null || message === '' ? (type ?? message) : `${type}: ${message}`
  return finding.unknowable ? `${said} (not certain: unknowable on a stock JDK)` : said
}
