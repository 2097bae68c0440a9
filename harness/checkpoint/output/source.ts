import type { Finding } from '../../model/finding.js'
import { addTo } from '../../model/lists.js'
import type { EngineFailure } from './engine-lines.js'
import { detach } from './lines/lines.js'
import { toFinding } from './exceptions/messages.js'
import type { Attempt } from './outcome.js'
import type { ResourceLine } from './resources.js'
import type { Room } from './room.js'
import { TraceReader } from './exceptions/stack-trace.js'

/** Where one source's findings go. */
export interface Sink {
  found(finding: Finding): void
  /** What may still be kept of this text. */
  room: Room
  /** A finding turned out to be none. */
  lost(finding: Finding): void
  aggregate(type: string): void
  done(attempt: Attempt): void
  /** What the text was about last: an engine's line often doesn't tell. */
  context(): 'checkpoint' | 'restore'
}

interface EngineTrouble {
  finding: Finding | null
  rank: number
  operation: EngineFailure['operation']
  over: boolean
}

/** What is known of one request so far. */
class Progress implements Attempt {
  refused = false
  engineFailed = false
  restoreFailed = false
  aggregate: 'checkpoint' | 'restore' | null = null
  engine: EngineTrouble | null = null
  /** Lines of the table that speak against the checkpoint: they count where the exceptions are cut off. */
  bad: string[] = []
  /** Findings by what they say, to know one that is printed twice from two that are alike. */
  readonly known = new Map<string, Finding[]>()
  readonly seenInBlock = new Map<string, number>()
  block = 0
}

/** Reads what one JVM (or one stream of text) says, request by request. */
export class SourceState {
  attempt = new Progress()
  readonly trace: TraceReader

  constructor(private readonly sink: Sink) {
    this.trace = new TraceReader({
      finding: (finding, operation, block) => this.finding(finding, operation, block),
      room: sink.room,
      aggregate: (type, operation) => {
        this.attempt.aggregate ??= operation
        this.sink.aggregate(type)
      },
    })
  }

  /** Adds a finding unless the same request's aggregate is only printed once more. */
  finding(finding: Finding, operation: 'checkpoint' | 'restore', block: number): Finding {
    const known = this.sink.room.isFull ? undefined : this.knownAlready(finding, block)
    if (known !== undefined) return known
    const attempt = this.attempt
    if (operation === 'restore') attempt.restoreFailed = true
    else if (finding.resource === 'native') attempt.engineFailed = true
    else attempt.refused = true
    if (attempt.engine?.rank === 1) this.dropEngineFinding(attempt.engine)
    this.sink.found(finding)
    return finding
  }

  /** The finding that this one repeats; else it is known from now on. */
  private knownAlready(finding: Finding, block: number): Finding | undefined {
    const attempt = this.attempt
    const key = JSON.stringify([finding.type, finding.message])
    if (block !== attempt.block) attempt.seenInBlock.clear()
    attempt.block = block
    const nth = attempt.seenInBlock.get(key) ?? 0
    attempt.seenInBlock.set(key, nth + 1)
    const known = attempt.known.get(key)?.[nth]
    if (known === undefined) addTo(attempt.known, key, finding)
    return known
  }

  resource(line: ResourceLine, text: string): void {
    if (!line.ok) this.attempt.bad.push(detach(text.slice('JVM: '.length)))
  }

  /** Lines about one failure of the engine make one finding, which shows the line that says most. */
  engineFailure(failure: EngineFailure): void {
    const engine = this.attempt.engine
    const over = / FAILED\b/.test(failure.message)
    const same =
      engine !== null &&
      (engine.operation === null || failure.operation === null || engine.operation === failure.operation) &&
      !(engine.over && failure.rank >= 3)
    if (!same) {
      this.settleEngine()
      const told = failure.rank === 1 && this.attempt.known.size > 0
      const finding = told ? null : toFinding(null, failure.message)
      this.attempt.engine = { finding, rank: failure.rank, operation: failure.operation, over }
      if (finding !== null) this.sink.found(finding)
      return
    }
    engine.operation ??= failure.operation
    engine.over ||= over
    if (failure.rank <= engine.rank) return
    engine.rank = failure.rank
    if (engine.finding !== null) Object.assign(engine.finding, toFinding(null, failure.message))
  }

  /** CRIU logs errors that it gets over. */
  engineSucceeded(): void {
    const engine = this.attempt.engine
    if (engine === null || engine.over) return
    this.dropEngineFinding(engine)
    this.attempt.engine = null
  }

  /** The JVM found nothing wrong and calls the engine: a new request, whatever the table said. */
  engineCalled(): void {
    this.attempt.bad = []
    this.next()
  }

  /** Another request begins (or the text ends): what belongs to the last one is complete. */
  next(): void {
    this.trace.close()
    this.settleEngine()
    const attempt = this.attempt
    if (attempt.known.size === 0 && attempt.aggregate !== 'restore') {
      for (const bad of attempt.bad) this.sink.found(toFinding(null, bad))
      if (attempt.bad.length > 0) attempt.refused = true
    }
    if (attempt.aggregate !== null && !attempt.refused && !attempt.engineFailed && !attempt.restoreFailed) {
      if (attempt.aggregate === 'restore') attempt.restoreFailed = true
      else attempt.engineFailed = true
    }
    this.sink.done(attempt)
    this.attempt = new Progress()
  }

  private settleEngine(): void {
    const engine = this.attempt.engine
    if (engine === null) return
    if ((engine.operation ?? this.sink.context()) === 'restore') this.attempt.restoreFailed = true
    else this.attempt.engineFailed = true
    this.attempt.engine = null
  }

  private dropEngineFinding(engine: EngineTrouble): void {
    if (engine.finding !== null) this.sink.lost(engine.finding)
    engine.finding = null
  }
}
