import type { Context, Finding } from '../../../model/finding.js'
import {
  aggregateKind,
  creatorOf,
  addFrame,
  fillIn,
  isCreation,
  isOwnHeader,
  isRestoreFailure,
  isUnsupported,
  parseException,
  placesOf,
  simpleName,
  speaksForItself,
  type ExceptionLine,
  type Stack,
} from './exceptions.js'
import { complete, earlyCreation, type EarlyCreation } from './early-creation.js'
import { reopens } from '../../../model/class-names.js'
import { bytesOf, isCracFrame, isOnRefresh, parseFrame } from './frames.js'
import { unkeptFinding, toFinding } from './messages.js'
import { traceLineOf, type TraceEvents } from './trace-lines.js'

/** More than these no JVM prints unless it is told to. */
const MAX_FRAMES = 1024
/** So many lines of other things end a trace. */
const MAX_NOISE = 100

/** Follows the stack traces of one source line by line, and picks out those that a checkpoint caused. */
export class TraceReader {
  /** Inside which aggregate; null outside. */
  private operation: 'checkpoint' | 'restore' | null = null
  private block = 0
  private childIndent: number | null = null
  private noise = 0
  private active = false
  private top: Stack | null = null
  private item: Stack | null = null
  private cause: Stack | null = null
  private finding: Finding | null = null
  private early: EarlyCreation | null = null
  /** A suppressed exception that counts only if a frame shows where it came from. */
  private doubt: ExceptionLine | null = null
  /** Spring has said that its checkpoint failed: of the next aggregate, and whether it is of this one. */
  private refreshes = false
  private onRefresh = false
  private topIsOnRefresh = false
  /** The very next frame must show it. */
  private atOnce = false

  constructor(private readonly events: TraceEvents) {}

  /** Whether the next line may continue a trace, so that it must be looked at. */
  get open(): boolean {
    return this.active
  }

  /** Takes a line; false if it belongs to no trace. */
  read(text: string, indent: number): boolean {
    if (text.includes('CRaC checkpoint on refresh')) this.refreshes = true
    const line = traceLineOf(text)
    switch (line?.is) {
      case 'frame':
        return this.frame(text)
      case 'suppressed':
        return this.suppressed(line.rest, indent)
      case 'cause':
        return this.caused(line.rest)
      case 'wrapper':
        return this.wraps(line.rest, indent)
      case 'common':
        return this.common(line.count)
      case 'header':
        return this.header(line.line)
    }
    this.disturb()
    return false
  }

  /** Lines went by that belong to no trace. */
  disturb(lines = 1): void {
    if (this.active && (this.noise += lines) > MAX_NOISE) this.close()
  }

  close(): void {
    this.fillInEarly()
    this.active = false
    this.operation = null
    this.childIndent = null
    this.topIsOnRefresh = false
    this.top = this.item = this.cause = this.finding = this.doubt = null
  }

  private header(line: ExceptionLine): boolean {
    const operation = aggregateKind(line.type)
    if (operation !== null) {
      this.startAggregate(line.type, operation)
    } else if (isOwnHeader(line)) {
      this.startItem()
      this.report(line, isRestoreFailure(line.type) ? 'restore' : 'checkpoint')
    } else {
      this.close()
      if (!isUnsupported(line)) return false
      this.awaitApi(line)
    }
    return true
  }

  private startAggregate(type: string, operation: 'checkpoint' | 'restore'): void {
    this.close()
    this.active = true
    this.operation = operation
    this.block++
    this.noise = 0
    this.onRefresh = this.refreshes
    this.refreshes = false
    this.top = { frames: [], complete: true }
    this.events.aggregate(type, operation)
  }

  private startItem(): void {
    this.fillInEarly()
    this.active = true
    this.item = { frames: [], complete: true }
    this.cause = this.finding = this.doubt = null
    this.atOnce = false
  }

  /** On a JDK without CRaC the API throws what anybody may throw: its own frame tells. */
  private awaitApi(line: ExceptionLine): void {
    this.startItem()
    this.doubt = line
    this.atOnce = true
  }

  private suppressed(rest: string, indent: number): boolean {
    const line = parseException(rest)
    if (line === null) return false
    const kind = aggregateKind(line.type)
    if (kind !== null) {
      if (this.operation === null) this.startAggregate(line.type, kind)
      this.childIndent = null
      return true
    }
    this.startItem()
    this.childIndent ??= indent
    if (isCreation(line)) {
      this.early = earlyCreation()
      return true
    }
    const nested = indent > this.childIndent
    if (speaksForItself(line) || (this.operation !== null && this.noise === 0 && !nested)) {
      this.report(line, this.operation ?? 'checkpoint')
    } else if (!nested) this.doubt = line
    this.noise = 0
    return true
  }

  /** Where the root cause stands first, its creation stack comes before a finding, and what was suppressed last of all. */
  private wraps(rest: string, indent: number): boolean {
    const line = parseException(rest)
    if (line === null || aggregateKind(line.type) !== null) return this.caused(rest)
    const { early, finding } = this
    if (early?.finding === null) {
      this.early = null
      this.startItem()
      this.report(line, this.operation ?? 'checkpoint')
      this.early = { ...early, finding: this.finding }
      if (this.finding !== null) this.finding.creationStack = early.stack.frames
      return true
    }
    if (finding?.resource !== 'other' || this.operation === null || this.childIndent !== indent)
      return this.caused(rest)
    Object.assign(finding, toFinding(simpleName(line.type), line.message))
    this.item = { frames: [], complete: true }
    return true
  }

  private caused(rest: string): boolean {
    const line = parseException(rest)
    if (line === null) return false
    const kind = aggregateKind(line.type)
    if (kind !== null) this.startAggregate(line.type, kind)
    else if (isCreation(line)) {
      this.cause = { frames: [], complete: true }
      this.known({ creator: creatorOf(line) ?? '' })
    } else if (isOwnHeader(line)) {
      this.startItem()
      this.report(line, isRestoreFailure(line.type) ? 'restore' : (this.operation ?? 'checkpoint'))
    } else if (this.operation === null && isUnsupported(line)) this.awaitApi(line)
    else {
      if (this.finding?.context?.failedPolicy !== undefined)
        this.known({ cause: line.message === '' ? line.type : `${line.type}: ${line.message}` })
      // The cause of something else: its frames belong to nobody here.
      this.settle()
      if (this.item !== null) this.item = { ...this.item, shared: true }
      this.finding = this.doubt = this.cause = null
    }
    return true
  }

  private frame(text: string): boolean {
    if (!this.active) return false
    this.noise = 0
    if (this.doubt !== null && isCracFrame(text)) {
      this.report(this.doubt, this.operation ?? 'checkpoint')
      this.doubt = null
    } else if (this.atOnce) this.doubt = null
    const stack =
      this.cause ?? (this.early?.finding === null ? this.early.stack : null) ?? this.item ?? this.top
    if (stack === null || stack.frames.length >= MAX_FRAMES) return true
    const hasRoom = !this.isKept(stack) || this.events.room.take(bytesOf(text))
    const frame = parseFrame(text)
    if (frame === null || !hasRoom) stack.complete = false
    else addFrame(stack, frame)
    if (frame !== null && stack === this.top) this.topIsOnRefresh ||= isOnRefresh(frame)
    if (frame !== null && stack === this.item && reopens(frame)) this.known({ failedPolicy: 'reopen' })
    this.settle()
    return true
  }

  private common(count: number): boolean {
    if (!this.active) return false
    if (this.early?.finding === null) this.early.common = count
    else if (this.cause !== null) this.fill(this.cause, count, this.item)
    else if (this.item !== null) this.fill(this.item, count, this.top)
    this.settle()
    return true
  }

  private fill(stack: Stack, common: number, parent: Stack | null): void {
    if (!this.isKept(stack) || this.events.room.take(8 * placesOf(stack, common, parent)))
      fillIn(stack, common, parent)
    else stack.complete = false
  }

  /** Whether a finding keeps the stack. */
  private isKept(stack: Stack): boolean {
    return stack !== this.top && (stack !== this.item || this.finding?.resource === 'other')
  }

  private fillInEarly(): void {
    complete(this.early, this.item, (stack, common, parent) => {
      this.fill(stack, common, parent)
    })
    this.early = null
  }

  /** The finding's creation stack is what has been read of it so far: the text may end here. */
  private settle(): void {
    if (this.finding === null) return
    if (this.cause !== null) this.finding.creationStack = this.cause.frames
    else if (this.item !== null && this.finding.resource === 'other') this.finding.thrownAt = this.item.frames
  }

  /** Adds what the text shows beside the finding itself. */
  private known(more: Context): void {
    if (this.finding !== null) this.finding.context = { ...this.finding.context, ...more }
  }

  private report(line: ExceptionLine, operation: 'checkpoint' | 'restore'): void {
    const block = this.operation === null ? 0 : this.block
    const toFound = this.events.room.isFull ? unkeptFinding : toFinding
    this.finding = this.events.finding(toFound(simpleName(line.type), line.message), operation, block)
    if (this.onRefresh || this.topIsOnRefresh) this.known({ onRefresh: true })
    if (line.message.startsWith('Cannot close ')) this.known({ failedPolicy: 'close' })
  }
}
