import type { Phase } from '../../preflight.js'

/** One line a phase with its time, on a terminal only: what is written to a file stays clean. */
export class Progress {
  private phase: Phase | null = null
  private since = 0

  constructor(private readonly stream: NodeJS.WriteStream) {}

  begin(phase: Phase): void {
    this.end()
    this.phase = phase
    this.since = performance.now()
    if (this.stream.isTTY) this.stream.write(`  ${phase} …`)
  }

  /** A line in between. */
  say(text: string): void {
    if (this.stream.isTTY) this.stream.write(`\r  ${text}\n`)
  }

  end(): void {
    if (this.phase !== null && this.stream.isTTY)
      this.stream.write(
        `\r  ${this.phase.padEnd(12)}${((performance.now() - this.since) / 1000).toFixed(1)} s\n`,
      )
    this.phase = null
  }
}
