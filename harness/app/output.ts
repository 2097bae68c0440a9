import { writeSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { LineWatch } from './line-watch.js'
import { LogRoom } from './log-room.js'
import { NewestBytes } from './newest-bytes.js'

/** How much of an app's output is kept on disk unless its spec says otherwise. */
export const DEFAULT_MAX_OUTPUT = 64 << 20
/** How much of that is kept in memory. */
const IN_MEMORY = 1 << 20
const POLL_MS = 20
const READ_BYTES = 1 << 18

/**
 * What the app prints. The app writes into the log file itself, so its output keeps its order, and is never held up by a
 * busy harness; this follows the file. However much it prints, only the newest part is kept: so much on disk, a mebibyte in
 * memory.
 */
export class AppOutput {
  private readonly kept: NewestBytes
  private readonly lines = new LineWatch()
  private readonly buffer = Buffer.alloc(READ_BYTES)
  private position = 0
  private following = true
  private reading: Promise<void> = Promise.resolve()
  private readonly end: Promise<void>
  /** When the app printed last, as `performance.now()` tells time. */
  lastPrinted = performance.now()

  private constructor(
    /** Open for appending: the app's standard output and error. */
    readonly file: FileHandle,
    private readonly reader: FileHandle,
    private readonly room: LogRoom,
    maxBytes: number,
  ) {
    this.kept = new NewestBytes(Math.min(IN_MEMORY, maxBytes))
    this.end = this.follow()
  }

  static async create(path: string, maxBytes = DEFAULT_MAX_OUTPUT): Promise<AppOutput> {
    const file = await open(path, 'a', 0o600)
    return new AppOutput(file, await open(path, 'r'), new LogRoom(file, maxBytes), maxBytes)
  }

  /** A stream into the file, for what reaches the harness through an engine or a cluster. */
  writer(): Writable {
    const { fd } = this.file
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        try {
          writeSync(fd, chunk)
        } catch {
          // The disk is full: the wait for the app says so.
        }
        done()
      },
    })
  }

  /** The newest part of what both streams printed. */
  get text(): string {
    return this.kept.text
  }

  /** A place in the output, for `since`. */
  mark(): number {
    return this.kept.passed
  }

  /** What has been printed since a mark, as far as it is still kept. */
  since(mark: number): string {
    return this.kept.since(mark)
  }

  tail(lines: number): string {
    return this.text.trimEnd().split('\n').slice(-lines).join('\n')
  }

  /** Resolves with the first line, past or future, that the pattern matches. */
  line(pattern: RegExp, signal: AbortSignal): Promise<string> {
    return this.lines.first(pattern, this.text, signal)
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
    await this.room.closed()
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

  /** Up to where the file ends now: other writers must not keep this from coming to an end. */
  private async readOn(): Promise<void> {
    const { size } = await this.reader.stat()
    const left = this.room.leftOut(this.position, size)
    if (left > 0) this.leaveOut(left)
    while (this.position < size) {
      const length = Math.min(READ_BYTES, size - this.position)
      const { bytesRead } = await this.reader.read(this.buffer, 0, length, this.position)
      if (bytesRead === 0) return
      this.position += bytesRead
      this.lastPrinted = performance.now()
      const bytes = this.buffer.subarray(0, bytesRead)
      this.kept.add(bytes)
      this.lines.add(bytes)
      this.room.read(this.position)
    }
  }

  private leaveOut(bytes: number): void {
    this.position += bytes
    this.kept.leaveOut(bytes)
    this.lines.leaveOut()
  }
}
