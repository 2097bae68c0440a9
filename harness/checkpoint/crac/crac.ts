import { AttachError, EngineError, UsageError } from '../../model/errors.js'
import { toReported, type Finding } from '../../model/finding.js'
import type { Descriptor, Finding as ReportedFinding, Restore } from '../../model/report.js'
import type { EngineAnswer, Judgement } from '../engine.js'
import { parseOutput, type CheckpointOutput, type ResourceLine } from '../output/output.js'
import { printedByResources } from './after-restore.js'
import { reasonOf, withReason } from './engine-log.js'
import type { CracRequest } from './request.js'
import { endedByEngine, endOr, simulates, untilThrough } from './real-engine.js'

/**
 * The JVM options that a check needs on a CRaC JDK, under the names that this version knows; what the user gave stays.
 * simengine runs every step of a checkpoint but the image itself, so a passing run neither writes nor ends the app.
 */
export function cracOptions(request: {
  flags: Set<string>
  given: string[]
  imageFolder: string
  /** A file that is open before the JVM is: the JVM closes every other descriptor that it inherits. */
  keptOpen: string | null
  /** Whether an image is wanted: then the JDK's own engine is asked. */
  image?: boolean
}): string[] {
  const { flags, given, imageFolder, keptOpen } = request
  const known = (...names: string[]) => names.find((name) => flags.has(name))
  const isGiven = (...names: string[]) =>
    given.some((option) => names.some((name) => option.replace(/^-XX:[+-]?/, '').split('=')[0] === name))
  const options: string[] = []
  if (!isGiven('CRaCCheckpointTo')) options.push(`-XX:CRaCCheckpointTo=${imageFolder}`)
  if (keptOpen !== null) {
    if (isGiven('CRaCIgnoredFileDescriptors'))
      throw new UsageError(
        '--boot-stacks needs -XX:CRaCIgnoredFileDescriptors for itself. Leave out one of the two.',
      )
    options.push(`-XX:CRaCIgnoredFileDescriptors=${keptOpen}`)
  }
  const engine = known('CRaCEngine', 'CREngine')
  if (engine !== undefined && request.image !== true && !isGiven('CRaCEngine', 'CREngine'))
    options.push(`-XX:${engine}=simengine`)
  const print = known('CRaCPrintResourcesOnCheckpoint', 'CRPrintResourcesOnCheckpoint')
  if (print !== undefined && !isGiven('CRaCPrintResourcesOnCheckpoint', 'CRPrintResourcesOnCheckpoint'))
    options.push('-XX:+UnlockDiagnosticVMOptions', `-XX:+${print}`)
  if (!given.some((option) => option.startsWith('-Djdk.crac.collect-fd-stacktraces')))
    options.push('-Djdk.crac.collect-fd-stacktraces=true')
  return options
}

/** Asks a CRaC JDK for a checkpoint and reads its answer. jcmd's own exit code decides nothing: it is 0 for refusals, too. */
export async function checkpoint(request: CracRequest): Promise<EngineAnswer> {
  const start = performance.now()
  const simulated = await simulates(request.jcmd)
  const ended = endedByEngine(request, simulated)
  const said = await Promise.race([ask(request, ended), ended])
  if (said.includes('Unknown diagnostic command'))
    throw new EngineError(
      'ENGINE_REFUSED',
      'This JVM has no JDK.checkpoint: it is no CRaC JDK. Use --engine rehearsal.',
    )
  const answer = parseOutput(said)
  // jcmd reports success before the engine runs: what happens from then on stands in the app's output.
  const { printed, written } = await happenedSince(request, { simulated, ended, start, answer })
  const afterwards = parseOutput(printed)
  const refused = [answer, afterwards].some(({ outcome }) => outcome === 'checkpoint-failed')
  if (!refused) {
    if (!written && answer.outcome === null && afterwards.outcome === null)
      throw new EngineError(
        'ENGINE_NO_ANSWER',
        `The JVM's answer to JDK.checkpoint says nothing: ${said.slice(0, 200)}`,
      )
    if (simulated && !(await request.alive()))
      await endOr(ended, new EngineError('ENGINE_NO_ANSWER', 'The JVM ended as it answered JDK.checkpoint.'))
  }
  const reason = refused && !simulated ? reasonOf((await request.engineLog?.()) ?? '') : null
  const failures = !refused && afterwards.outcome === 'restore-failed' ? afterwards.findings : []
  return {
    engine: 'crac',
    cracVersion: null,
    output: (afterwards.outcome === null ? said : said + printed) + (reason?.text ?? ''),
    outcome: refused ? 'refused' : 'passed',
    findings: refused ? withReason([...answer.findings, ...afterwards.findings], reason) : [],
    judgements: new Map(answer.resources.map((line) => [line.fd, judge(line)])),
    durationMs: performance.now() - start,
    afterRestore: failures.map(asThrown),
    restore: refused || !simulated ? null : await restoreOf(request, failures),
    note: null,
  }
}

/** What the app has printed and whether there is an image, when all that follows the answer has happened. */
async function happenedSince(
  request: CracRequest,
  asked: { simulated: boolean; ended: Promise<string>; start: number; answer: CheckpointOutput },
): Promise<{ printed: string; written: boolean }> {
  if (asked.answer.outcome === 'checkpoint-failed')
    return { printed: await request.appOutputSince(), written: false }
  if (asked.simulated) return { printed: await printedByResources(request), written: false }
  return await untilThrough(request, asked.ended, asked.start)
}

async function restoreOf(request: CracRequest, failures: Finding[]): Promise<Restore> {
  const reopened = (await request.reopened?.()) ?? { restored: [], missing: [] }
  return {
    ...reopened,
    onUse: [],
    failures: failures.map(({ type, message }) => `${type ?? ''}: ${message}`),
  }
}

async function ask({ jcmd }: CracRequest, ended: Promise<string>): Promise<string> {
  try {
    const { code, output } = await jcmd('JDK.checkpoint')
    // An Error of a Resource ends the command itself: its answer is the bare exception, as after jcmd's process id.
    return code === 0 ? output : `0:\n${output}`
  } catch (error) {
    // A real engine ends the JVM, sometimes before its answer has been read. One that hangs has not ended.
    if (error instanceof AttachError && error.code === 'ATTACH_GONE') return await endOr(ended, error)
    throw error
  }
}

/** What afterRestore threw has its own stack only, which says whose line it was. */
export const asThrown = (finding: Finding): ReportedFinding => ({
  ...toReported(finding),
  creationStack: finding.thrownAt,
})

/** The table's line is the native scan's word; a descriptor that Java claims may still have a finding of its own. */
function judge(line: ResourceLine): Judgement {
  return { verdict: verdictOf(line), rule: line.reason }
}

function verdictOf(line: ResourceLine): Descriptor['verdict'] {
  if (!line.ok) return 'blocked'
  if (line.fd <= 2) return 'standard'
  if (line.reason.includes('inherited')) return 'inherited'
  return line.reason.includes('jcmd') ? 'harness' : 'claimed'
}
