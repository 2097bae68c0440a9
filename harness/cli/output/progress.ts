import { notACommand, printable } from '../../../reports/parts/escape.js'
import type { Phase } from '../../preflight.js'

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

interface Options {
  /** Says nothing. */
  quiet?: boolean
}

/** One line a phase with its time. A terminal shows the one that is under way; a CI's log has it when it is over. */
export class Progress {
  private phase: Phase | null = null
  private since = 0

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly options: Options = {},
  ) {}

  begin(phase: Phase): void {
    this.end()
    this.phase = phase
    this.since = performance.now()
    if (this.stream.isTTY) this.write(`  ${phase} …`)
  }

  /** A line in between. */
  say(text: string): void {
    this.write(`${this.stream.isTTY ? '\r  ' : 'crac-preflight: '}${notACommand(printable(text))}\n`)
  }

  end(): void {
    if (this.phase !== null)
      this.write(
        this.stream.isTTY
          ? `\r  ${this.phase.padEnd(12)}${seconds(this.since)}\n`
          : `crac-preflight: ${this.phase}: ${seconds(this.since)}\n`,
      )
    this.phase = null
  }

  private write(text: string): void {
    if (this.options.quiet !== true) this.stream.write(text)
  }
}

/** The same of several apps at a time: one line a phase of each, when it is over. */
export class ManyProgress {
  private readonly under = new Map<string, { phase: Phase; since: number }>()

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly options: Options = {},
  ) {}

  phase(name: string, phase: Phase | 'end'): void {
    const before = this.under.get(name)
    if (before !== undefined) this.say(`${name}: ${before.phase}: ${seconds(before.since)}`)
    if (phase === 'end') this.under.delete(name)
    else this.under.set(name, { phase, since: performance.now() })
  }

  say(text: string): void {
    if (this.options.quiet !== true) this.stream.write(`crac-preflight: ${notACommand(printable(text))}\n`)
  }
}
