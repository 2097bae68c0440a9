import type { Tracer, TracerSnapshot } from '../../records.js'
import { noNeeds, type ObservedProcess, type Observer, type Observing, type Quiet } from '../observer.js'
import { startTracer } from './tracer.js'

/** The kernel's own records, by eBPF: what exists, and which thread made it. It holds nothing in the app at any time. */
export class KernelObserver implements Observer {
  readonly name = 'kernel'

  launch(): typeof noNeeds {
    return noNeeds
  }

  agent(): null {
    return null
  }

  async attach({ pid, host, answersSignals }: ObservedProcess): Promise<Observing> {
    return new Watching(await startTracer(pid, { signal: answersSignals, host }))
  }
}

class Watching implements Observing, Quiet {
  /** Why it knows nothing any more. */
  private lost: string | null = null

  constructor(private readonly tracer: Tracer) {
    void tracer.lost.then((reason) => (this.lost = `the tracer was lost: ${reason}`))
  }

  async snapshot(pid: number): Promise<TracerSnapshot | null> {
    if (this.lost !== null) return null
    try {
      return await this.tracer.snapshot(pid)
    } catch (error) {
      this.lost ??= error instanceof Error ? error.message : String(error)
      return null
    }
  }

  quiet(): Promise<Quiet> {
    return Promise.resolve(this)
  }

  ended(): Quiet {
    return this
  }

  /** All that it knows is in the snapshot that was taken with the table. */
  collect({ snapshot }: Pick<Parameters<Quiet['collect']>[0], 'snapshot'>): ReturnType<Quiet['collect']> {
    const notes = snapshot === null ? [this.lost] : [this.tracer.shortfall]
    return Promise.resolve({ by: 'kernel', tells: 'records', found: snapshot, notes })
  }

  stop(): Promise<void> {
    return this.tracer.stop()
  }
}
