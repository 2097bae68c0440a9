/** Of a longer line the beginning counts: what it says stands there, and patterns may take longer than its length. */
const LONGEST_LINE = 1 << 14
const NEWLINE = 0x0a

/** Shows lines, as they are completed, to those that wait for one. Without a watcher nothing is decoded. */
export class LineWatch {
  private readonly watchers = new Set<(line: string) => void>()
  private partial: Buffer = Buffer.alloc(0)

  /** Resolves with the first line, past or future, that the pattern matches. */
  first(pattern: RegExp, past: string, signal: AbortSignal): Promise<string> {
    const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    const matches = (line: string) => stateless.test(line.slice(0, LONGEST_LINE))
    const found = past.split('\n').find(matches)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const watch = (line: string) => {
        if (!matches(line)) return
        this.watchers.delete(watch)
        resolve(line)
      }
      this.watchers.add(watch)
      signal.addEventListener('abort', () => {
        this.watchers.delete(watch)
        reject(signal.reason as Error)
      })
    })
  }

  add(bytes: Buffer): void {
    const end = bytes.lastIndexOf(NEWLINE)
    if (end >= 0 && this.watchers.size > 0) {
      const complete = Buffer.concat([this.partial, bytes.subarray(0, end)]).toString('utf8')
      for (const line of complete.split('\n')) for (const watch of this.watchers) watch(line)
    }
    const begun = end < 0 ? this.partial : Buffer.alloc(0)
    // Four bytes are the most that a character takes.
    const room = 4 * LONGEST_LINE - begun.length
    this.partial = room > 0 ? Buffer.concat([begun, bytes.subarray(end + 1).subarray(0, room)]) : begun
  }

  /** What comes next is not the rest of the line that has begun. */
  leaveOut(): void {
    this.partial = Buffer.alloc(0)
  }
}
