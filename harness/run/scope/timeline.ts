import type { Step } from '../../model/report.js'

interface Span {
  name: Step['name']
  from: number
  to: number | null
}

/**
 * When each step of a check began and ended. The wall clock is read once, at the begin; all else is counted by the
 * monotonic one, so that no step is changed by a clock that is set meanwhile.
 */
export class Timeline {
  private readonly begin = performance.now()
  private readonly begunAt = Date.now()
  private spans: Span[] = []

  /** Before an app is asked once more: what was noted of the time when it was asked before is not of this check. */
  forgetCheckpoint(): void {
    this.spans = this.spans.filter(({ name }) => beforeReady.includes(name))
  }

  /** Ends the step that is under way, and begins the next. */
  enter(name: Step['name']): void {
    const now = performance.now()
    this.leave(now)
    // The check begins with its first step.
    this.spans.push({ name, from: this.spans.length === 0 ? this.begin : now, to: null })
  }

  /** Ends the step that is under way. */
  leave(now = performance.now()): void {
    const last = this.spans.findLast(({ to }) => to === null)
    if (last) last.to = now
  }

  /** A step within the one that is under way, which ends now. */
  within(name: Step['name'], from: number): void {
    this.spans.push({ name, from, to: performance.now() })
  }

  /** What the report tells of it. Begin and end are rounded, so that what follows each other touches. */
  told(): { totalMs: number; begin: string; steps: Step[] } {
    const now = performance.now()
    const at = (ms: number): number => Math.round(ms - this.begin)
    const steps = this.spans.map(({ name, from, to }) => ({
      name,
      atMs: at(from),
      durationMs: at(to ?? now) - at(from),
    }))
    return { totalMs: now - this.begin, begin: new Date(this.begunAt).toISOString(), steps }
  }
}

const beforeReady: readonly string[] = ['boot', 'ready']
