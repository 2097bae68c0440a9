/** The sentences that every output for people shares; all of them are plain text of one line, not yet made printable. */
import type { Blocker, Descriptor, Evidence, Finding, Origin, Report } from '../../harness/model/report.js'
import type { Deed } from './stacks.js'

/** Says a time as people do: `210 ms`, `3.2 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** Counts things: `1 blocker`, `2 blockers`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** The first line of every output. `failed` is worded so that nobody takes it for `blocked`. */
export function headline(report: Report): string {
  const name = `${report.scenario}${guessOf(report)}`
  switch (report.verdict) {
    case 'checkpointable':
      return `${name}: nothing speaks against a checkpoint`
    case 'blocked':
      return `${name}: ${count(report.blockers.length, 'blocker')}`
    case 'failed':
      return `${name}: no verdict, the harness could not tell`
  }
}

/** A verdict is about the moment of the checkpoint: where that was guessed, the guess is a part of the answer. */
function guessOf({ app, timing }: Report): string {
  if (app.takenAsReady === null || timing.bootMs === null) return ''
  return ` (taken as ready after ${duration(timing.bootMs)}: ${app.takenAsReady})`
}

/** How complete the ledger is. */
export function evidenceSentence(evidence: Evidence): string {
  if (evidence.tracer === 'none') return 'no tracer ran: nobody watched who opened what'
  const counts = [
    count(evidence.records, 'record'),
    `${evidence.sampled} with a sampled stack`,
    `${evidence.unsampled} without`,
    `${evidence.lost} lost${lossesOf(evidence)}`,
    ...(evidence.lostSamples > 0
      ? [`${count(evidence.lostSamples, 'stack')} asked for that never came`]
      : []),
    ...(evidence.withoutOrigin > 0 ? [`${count(evidence.withoutOrigin, 'descriptor')} of nobody known`] : []),
  ].join(', ')
  return evidence.tracer === 'lost'
    ? `the tracer was lost on the way: ${counts}`
    : `${evidence.tracer}: ${counts}`
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
export function engineSentence({ engine, jvm }: Report): string {
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

/** Where the time went. */
export function timingSentence({ timing }: Report): string {
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
export function deedSentence(deed: Deed): string {
  const { origin, descriptors } = deed
  const isPath = descriptors.some(({ kind }) => kind === 'file' || kind === 'directory')
  const verb =
    deed.verb === 'created' && isPath ? 'opened' : deed.verb === 'listened' ? 'set to listen' : deed.verb
  if (origin === null) return `${verb} here, as the engine's own creation stack says`
  return `${verb} by ${threadOf(origin)}${momentOf(origin)}${othersOf(descriptors.slice(1))}`
}

function othersOf(descriptors: Descriptor[]): string {
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
export function descriptorSentence(descriptor: Descriptor): string {
  const { fd, target, peer, peerHolders } = descriptor
  const holders = peerHolders.map((holder) =>
    holder.own ? `the app itself as ${holder.fd}` : `${holder.name} (pid ${holder.pid})`,
  )
  const other = peer === null && holders.length > 0 ? ', peer' : peer === null ? '' : `, peer ${peer}`
  const held = holders.length === 0 ? '' : ` held by ${[...new Set(holders)].slice(0, 3).join(', ')}`
  return `${fd} ${target}${other}${held}`
}

/** One finding as the engine worded it; what a stock JDK can't know is never shown as certain. */
export function findingSentence(finding: Finding): string {
  const said = finding.type === null ? finding.message : `${finding.type}: ${finding.message}`
  return finding.unknowable ? `${said} (not certain: unknowable on a stock JDK)` : said
}
