/** Answers in the words of OpenTelemetry's semantic conventions; what those have no word for begins with `crac.`. */
import type { Attributes } from '@opentelemetry/api'
import { isAccepted, isAsKnown, newBlockers, type Answer } from '../../harness/model/answer.js'
import { once } from '../../harness/model/lists.js'
import { formatFrame, type Blocker, type Finding, type Frame } from '../../harness/model/report.js'
import { harmless } from '../parts/escape.js'
import { actionsOf } from '../parts/stacks.js'

/** Who tells: the service that was checked. */
export function resourceAttributes({ name, run }: Answer): Attributes {
  const { app, jvm } = run ?? {}
  return known({
    'service.name': name,
    'container.image.name': app?.image,
    'process.runtime.version': jvm?.version,
  })
}

/** What a check came to, on its span. */
export function checkAttributes(answer: Answer): Attributes {
  const { name, verdict, run, evidence, blockers, known: before, assumed } = answer
  return known({
    'crac.scenario': name,
    'crac.verdict': verdict,
    'crac.blockers': blockers.length,
    'crac.blockers.new': newBlockers(answer).length,
    'crac.blockers.gone': before?.gone,
    'crac.blockers.unmet': before?.unmet,
    'crac.engine': run?.engine.name,
    'crac.version': run?.engine.cracVersion,
    'crac.tracer': evidence?.tracer,
    'crac.assumed': assumed,
    'crac.restore.verdict': run?.restoration?.verdict,
    'crac.restore.reason': run?.restoration?.reason,
    'process.pid': run?.app.pid,
    'process.command_args': run?.app.command,
    'error.type': run?.failure?.code ?? (isAsKnown(answer) ? undefined : errorOf(answer)),
  })
}

/** A check that found what it may find is none, whatever its verdict is. */
const errorOf = ({ verdict }: Answer): string | undefined =>
  verdict === 'checkpointable' ? 'unmet' : (verdict ?? undefined)

/** A blocker, with the first of its findings as the exception and its owner as the code. */
export function blockerAttributes(answer: Answer, blocker: Blocker): Attributes {
  const { id, kind, summary, owner, remedy, descriptors, findings } = blocker
  const [first] = findings
  return known({
    'crac.blocker.id': id,
    'crac.blocker.kind': kind,
    'crac.blocker.summary': summary,
    'crac.blocker.accepted': isAccepted(answer, blocker),
    'crac.blocker.owner': owner?.artifact ?? owner?.jar,
    'crac.blocker.remedy': remedy.text,
    'crac.blocker.policy': remedy.policy,
    'crac.blocker.descriptors': descriptors,
    'crac.blocker.findings': findings.length,
    ...(first && exceptionAttributes(first, framesOf(answer, blocker))),
    ...codeAttributes(ownerFrame(answer, blocker)),
  })
}

/** Each finding of a blocker, in its order; what they have in common is looked up once. */
export function findingsAttributes(answer: Answer, blocker: Blocker): Attributes[] {
  const frames = framesOf(answer, blocker)
  const common = {
    'crac.scenario': answer.name,
    'crac.blocker.id': blocker.id,
    'crac.blocker.kind': blocker.kind,
    'crac.blocker.accepted': isAccepted(answer, blocker),
    ...codeAttributes(ownerFrame(answer, blocker)),
  }
  return blocker.findings.map((finding) =>
    known({
      ...common,
      'crac.finding.resource': finding.resource,
      'crac.finding.fd': finding.fd,
      'crac.finding.unknowable': finding.unknowable || undefined,
      ...exceptionAttributes(finding, stackOf(answer, finding) ?? frames),
    }),
  )
}

function exceptionAttributes({ type, message }: Finding, frames: readonly Frame[]) {
  const head = type === null ? message : `${type}: ${message}`
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace':
      frames.length === 0
        ? undefined
        : [head, ...frames.map((frame) => `\tat ${formatFrame(frame)}`)].join('\n'),
  }
}

const codeAttributes = (frame: Frame | undefined) =>
  frame && {
    'code.function.name': `${frame.class}.${frame.method}`,
    'code.file.path': frame.file,
    'code.line.number': frame.line,
  }

const originsOf = once(
  (descriptors: Answer['descriptors']) => new Map(descriptors.map(({ fd, origin }) => [fd, origin])),
)

/** The engine's own stack of it, or the one that the ledger has of its descriptor. */
function stackOf({ descriptors }: Answer, { creationStack, thrownAt, fd }: Finding): Frame[] | null {
  if (creationStack.length > 0) return creationStack
  if (thrownAt.length > 0) return thrownAt
  const origin = fd === null ? undefined : originsOf(descriptors).get(fd)
  return origin && origin.java.length > 0 ? origin.java : null
}

const framesOf = (answer: Answer, blocker: Blocker): Frame[] =>
  actionsOf(answer, blocker).find(({ frames }) => frames.length > 0)?.frames ??
  blocker.findings.find(({ thrownAt }) => thrownAt.length > 0)?.thrownAt ??
  []

/** The owner's frame as a value: a report has its text. */
const ownerFrame = (answer: Answer, blocker: Blocker): Frame | undefined =>
  [
    ...actionsOf(answer, blocker).flatMap(({ frames }) => frames),
    ...blocker.findings.flatMap(allFrames),
  ].find((frame) => formatFrame(frame) === blocker.owner?.frame)

const allFrames = ({ creationStack, thrownAt }: Finding): Frame[] => [...creationStack, ...thrownAt]

type Known = Record<string, Attributes[string] | null>

/** Without what is not known: an attribute that is not there says so. Text is harmless wherever a receiver shows it. */
export function known(attributes: Known): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value == null ? [] : [[name, shown(value)]])),
  )
}

function shown(value: NonNullable<Known[string]>): NonNullable<Known[string]> {
  if (typeof value === 'string') return harmless(value)
  if (!Array.isArray(value)) return value
  return value.map((each) => (typeof each === 'string' ? harmless(each) : each)) as typeof value
}
