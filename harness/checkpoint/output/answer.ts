import type { Finding } from '../../model/finding.js'
import type { CheckpointOutput } from './checkpoint-output.js'
import { parseEngineFailure } from './engine-lines.js'
import { isForeign, parseHeader, simpleName, type ExceptionLine } from './exceptions/exceptions.js'
import { consistent, Division, type Answer } from './answers.js'
import { detach, isIn, type Words } from './lines/lines.js'
import { toFinding } from './exceptions/messages.js'
import { Tally } from './outcome.js'
import { parseResourceLine, type ResourceLine } from './resources.js'
import { parseSign, type Sign } from './milestones.js'
import { MOST_BYTES, MOST_OF_TABLES, Room } from './room.js'
import { SourceState } from './source.js'
import { clean, cutAtTrace, unwrap } from './lines/log-prefixes.js'
import { withoutMarkup } from './lines/markup.js'
import { WrappedLines, type Part } from './lines/wrapped-lines.js'

/** Lines without any of these say nothing by themselves; most of a long log is skipped by this one question. */
const own: Words = {
  pattern:
    /[Cc][Rr][Aa][Cc]|[Cc]heckpoint|[Rr]estor|CRIU|criu|Suppressed:|Selector|CR: |JVM: |C\/R |[Kk]illed|CWWK|Error \(|VM warning|CPUFeatures|of this CPU|FAILED|Dumping|\b137\b|Native check|UnsupportedOp|Command executed|Version: |Unrecognized VM|mismatch for tag|Tag \S+ was not found|tags file|CPU features|annot open |find build-id/g,
}
/** Further words of a stack trace, while one is open; apart, each is found several times as fast. */
const frames: Words = { pattern: /(?<![a-su-z])at [^\s(]*[.(/]|\.\.\. /g }
/** A frame's word alone, where mail has put the rest of the frame on the next line. */
const cutFrames: Words = { pattern: /(?<![\w.])(?:at|\.\.\.)[ \t\r]*$/gm }
const headers: Words = { pattern: /Exception|Error|Caused|Wrapped|Cause |Throwable|Failure/g }
/** The escaped line end after a process id in a record of JSON. */
const escapedHead: Words = { pattern: /\d:(?:\\r)?\\n"/g, only: '\\' }
const idle = [own, escapedHead]
const tracing = [own, escapedHead, frames, cutFrames, headers]
const MAX_HEAD = 400
const answerOf = /^\d{1,10}:$/
const MAX_SOURCES = 64
/** About what an answer takes beside its findings. */
const ANSWER = 400

/** Puts the lines of one text together to what they say: findings, table, outcome. */
export class AnswerReader {
  private readonly findings: Finding[] = []
  private readonly resources: ResourceLine[] = []
  private readonly tally = new Tally()
  private readonly sources = new Map<string, Source>()
  private readonly divided: Answer[] = []
  private readonly wrapped = new WrappedLines()
  private readonly room = new Room(MOST_BYTES)
  private readonly tables = new Room(MOST_OF_TABLES)
  private unkept = 0
  private top: string | null = null
  private context: 'checkpoint' | 'restore' = 'checkpoint'
  /** `jcmd` has printed a process id: what it prints next is the answer, or the error that the command died of. */
  private answering = false
  /** Each request's own result; complete when the text has ended. */
  answers: Answer[] = []
  private died: ExceptionLine | null = null

  /** What the next line must hold to mean anything. */
  get attention(): 'every' | readonly Words[] {
    if (this.answering || this.died !== null || this.wrapped.isOpen) return 'every'
    return this.traceIsOpen() ? tracing : idle
  }

  /** Whether a raw line may mean anything. */
  wants(line: string): boolean {
    const { attention } = this
    return (
      attention === 'every' || attention.some((words) => isIn(words, line)) || isHead(line, 0, line.length)
    )
  }

  /** Lines went by that nobody wanted. */
  skip(lines: number): void {
    for (const { state } of this.sources.values()) state.trace.disturb(lines)
  }

  private traceIsOpen(): boolean {
    for (const { state } of this.sources.values()) if (state.trace.open) return true
    return false
  }

  read(raw: string): void {
    const line = withoutMarkup(clean(raw))
    const { text, indent, source: name } = unwrap(line)
    if (text === '') return
    for (const part of this.wrapped.join({ text, indent, source: name, line })) this.readPart(part)
  }

  private readPart({ text, indent, source: name, line }: Part): void {
    const { state: source, division } = this.source(name)
    if (this.answer(text, source)) return
    if (text.startsWith('An exception during a checkpoint operation:')) {
      if (source.attempt.aggregate) source.next()
    } else if (!source.trace.read(text, indent)) this.other(text, line, source, division)
  }

  end(): CheckpointOutput {
    for (const part of this.wrapped.rest()) this.readPart(part)
    this.settleDeath(this.source('').state)
    for (const source of this.sources.values()) finish(source)
    const outcome = this.tally.outcome()
    this.answers = consistent(this.divided, outcome)
    return {
      outcome,
      top: this.top,
      findings: this.findings,
      unkept: this.unkept,
      resources: this.resources,
    }
  }

  /** Follows `jcmd`'s answer: its head, and the bare exception that it prints where the command itself died. */
  private answer(text: string, source: SourceState): boolean {
    const first = this.answering
    this.answering = answerOf.test(text)
    if (this.died !== null) {
      if (text.startsWith('at ')) this.died = null
      this.settleDeath(source)
    }
    if (this.answering) source.next()
    else if (first) {
      const header = parseHeader(text)
      if (header !== null && isForeign(header)) this.died = header
    }
    return this.answering || this.died !== null
  }

  private settleDeath(source: SourceState): void {
    const died = this.died
    this.died = null
    if (died !== null) source.finding(toFinding(simpleName(died.type), died.message), 'checkpoint', 0)
  }

  private other(text: string, line: string, source: SourceState, division: Division): void {
    const resource = parseResourceLine(text)
    if (resource !== null) {
      if (this.tables.take(400 + 6 * text.length)) {
        this.resources.push(resource)
        source.resource(resource, text)
      }
      return
    }
    const failure = parseEngineFailure(text)
    if (failure !== null) {
      source.engineFailure(failure)
      return
    }
    const sign = parseSign(text, line)
    if (sign !== null) {
      this.sign(sign, source)
      division.sign(sign)
      return
    }
    if (/\[error *\]\[crac\b/.test(line)) {
      source.engineFailure({ message: text, operation: null, rank: 2 })
      return
    }
    const inside = cutAtTrace(line)
    if (inside !== null) source.trace.read(inside, 0)
  }

  private sign(sign: Sign, source: SourceState): void {
    this.tally.sign(sign)
    if (sign === 'engine-called') source.engineCalled()
    else if (sign === 'starting' || sign === 'criu-log') source.next()
    else if (sign === 'criu-dump-ok' || sign === 'criu-restore-ok') source.engineSucceeded()
    if (sign === 'about-restore') this.context = 'restore'
    else if (sign === 'about-crac' || sign === 'engine-called') this.context = 'checkpoint'
  }

  private source(name: string): Source {
    let source = this.sources.get(name)
    if (source === undefined) {
      if (this.sources.size >= MAX_SOURCES) this.forget()
      source = this.newSource(name)
      this.sources.set(name, source)
    }
    return source
  }

  private newSource(name: string): Source {
    const division = new Division(detach(name), (answer) => {
      if (this.room.take(ANSWER)) this.divided.push(answer)
    })
    const state = new SourceState({
      room: this.room,
      found: (finding) => {
        if (this.room.takeFinding(finding)) {
          this.findings.push(finding)
          division.found(finding)
        } else {
          this.unkept++
          division.unkept++
        }
      },
      lost: (finding) => {
        const at = this.findings.lastIndexOf(finding)
        if (at >= 0) this.findings.splice(at, 1)
        division.lost(finding)
      },
      aggregate: (type) => {
        this.top ??= detach(type)
        division.aggregate(detach(type))
      },
      done: (attempt) => {
        this.tally.attempt(attempt)
        division.attempt(attempt)
      },
      context: () => this.context,
    })
    return { state, division }
  }

  /** So many names are no names; lines without one, and traces that are being read, are kept longest. */
  private forget(): void {
    const [[name, source] = ['', this.source('')]] = [...this.sources].sort(
      ([a, one], [b, other]) => weight(a, one.state) - weight(b, other.state),
    )
    finish(source)
    this.sources.delete(name)
  }
}

interface Source {
  state: SourceState
  division: Division
}

function finish({ state, division }: Source): void {
  state.next()
  division.close()
}

/** Whether a line ends like `4711:`, within whatever a record of JSON puts after it. */
export function isHead(text: string, from: number, to: number): boolean {
  let at = to - 1
  while (at > from && /["\s}]/.test(text.charAt(at))) at--
  return text.charCodeAt(at) === COLON && at > from && to - from < MAX_HEAD && /\d/.test(text.charAt(at - 1))
}

const COLON = 58

function weight(name: string, source: SourceState): number {
  return (name === '' ? 2 : 0) + (source.trace.open ? 1 : 0)
}
