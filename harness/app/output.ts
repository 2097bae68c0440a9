import { open, type FileHandle } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'

/** How much of the app's output is kept in memory; the log file has all of it. */
const KEPT_CHARACTERS = 1 << 20
const POLL_MS = 20

/**
 * What the app prints. The app writes into the log file itself, so its output keeps its order, is never held up by a
 * busy harness and is whole even where the harness dies; this follows the file.
 */
export class AppOutput {
  private kept = ''
  private printed = 0
  private partial = ''
  private position = 0
  private readonly decoder = new StringDecoder('utf8')
  private readonly watchers = new Set<(line: string) => void>()
  private following = true
  private reading: Promise<void> = Promise.resolve()
  private readonly end: Promise<void>
  /** When the app printed last, as `performance.now()` tells time. */
  lastPrinted = performance.now()

  private constructor(
    /** Open for appending: the app's standard output and error. */
    readonly file: FileHandle,
    private readonly reader: FileHandle,
  ) {
    this.end = this.follow()
  }

  static async create(path: string): Promise<AppOutput> {
    return new AppOutput(await open(path, 'a', 0o600), await open(path, 'r'))
  }

  /** The newest part of what both streams printed. */
  get text(): string {
    return this.kept
  }

  /** A place in the output, for `since`. */
  mark(): number {
    return this.printed
  }

  /** What has been printed since a mark, as far as it is still kept. */
  since(mark: number): string {
    return this.kept.slice(Math.max(0, this.kept.length - (this.printed - mark)))
  }

  tail(lines: number): string {
    return this.kept.trimEnd().split('\n').slice(-lines).join('\n')
  }

  /** Resolves with the first line, past or future, that the pattern matches. */
  line(pattern: RegExp, signal: AbortSignal): Promise<string> {
    const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    const past = this.kept.split('\n').find((line) => stateless.test(line))
    if (past !== undefined) return Promise.resolve(past)
    return new Promise((resolve, reject) => {
      const watch = (line: string) => {
        if (!stateless.test(line)) return
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

  /** Reads what the app has printed until now. */
  async upToNow(): Promise<void> {
    // One reading after the other: both go on from where the last one ended.
    this.reading = this.reading.then(() => (this.following ? this.readOn() : undefined))
    await this.reading
  }

  /** Reads what is still unread; nothing follows. */
  async close(): Promise<void> {
    this.following = false
    await this.end
    await Promise.all([this.file.close(), this.reader.close()])
  }

  private async follow(): Promise<void> {
    while (this.following) {
      await this.upToNow()
      await sleep(POLL_MS)
    }
    await this.reading
    await this.readOn()
  }

  private async readOn(): Promise<void> {
    const buffer = Buffer.alloc(1 << 16)
    for (;;) {
      const { bytesRead } = await this.reader.read(buffer, 0, buffer.length, this.position)
      if (bytesRead === 0) return
      this.position += bytesRead
      this.take(this.decoder.write(buffer.subarray(0, bytesRead)))
    }
  }

  private take(text: string): void {
    this.lastPrinted = performance.now()
    this.printed += text.length
    this.kept = (this.kept + text).slice(-KEPT_CHARACTERS)
    const lines = (this.partial + text).split('\n')
    this.partial = (lines.pop() ?? '').slice(-KEPT_CHARACTERS)
    for (const line of lines) for (const watch of this.watchers) watch(line)
  }
}
