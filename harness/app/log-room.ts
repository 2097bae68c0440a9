import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { probesFolder } from '../host/package-root.js'

/** What may stand in the log beside what is kept: making room costs a process, and reading is done at times. */
const SLACK_BYTES = 32 << 20
/** A reader that is so late reads on from the newest part: the disk is to be bounded. */
const MOST_UNREAD_BYTES = 256 << 20

/**
 * Gives back the disk under the oldest part of a log while an app writes on. The file keeps its size, as an image
 * remembers it, and no word is lost between reading and making room, as there would be with cutting the file.
 */
export class LogRoom {
  private freed = 0
  private freeing: Promise<unknown> | null = null
  /** Not every file system can do it; whether the disk is full is watched in any case. */
  private possible = true

  constructor(
    private readonly file: FileHandle,
    private readonly maxBytes: number,
  ) {}

  /** How much of the unread part is left out, where a reader is so late that the disk would not be bounded. */
  leftOut(position: number, size: number): number {
    const unread = size - position
    return unread > MOST_UNREAD_BYTES ? unread - this.maxBytes : 0
  }

  /** To be told how far the log has been read. */
  read(position: number): void {
    const old = position - this.maxBytes
    if (old - this.freed < SLACK_BYTES || this.freeing !== null || !this.possible) return
    this.freed = old
    this.freeing = this.free(old).finally(() => (this.freeing = null))
  }

  /** Resolves when nobody needs the file any more. */
  async closed(): Promise<void> {
    await this.freeing
  }

  private async free(bytes: number): Promise<void> {
    const child = spawn(join(probesFolder, 'logroom'), [String(bytes)], {
      stdio: [this.file.fd, 'ignore', 'ignore'],
    })
    const [status] = (await once(child, 'exit').catch(() => [null])) as [number | null]
    this.possible = status === 0
  }
}
