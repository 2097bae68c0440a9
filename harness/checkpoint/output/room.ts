import type { Finding } from '../../model/finding.js'

/** About how many bytes of memory may be kept of one text: what an app prints must not take more. */
export const MOST_BYTES = 12 << 20
/** Of its tables of descriptors. */
export const MOST_OF_TABLES = 2 << 20
/** An object of a finding, and what is made of a text that was not met before. */
const OBJECT = 300
const TEXT = 900

/** What may still be kept of a text. Once something had no room, nothing more has: what is kept are the first ones. */
export class Room {
  private readonly known = new WeakSet<Finding['subject']>()

  constructor(private left: number) {}

  get isFull(): boolean {
    return this.left < 0
  }

  take(bytes: number): boolean {
    if (!this.isFull) this.left -= bytes
    return !this.isFull
  }

  /** A text that is read again is kept once. */
  takeFinding({ subject, message }: Finding): boolean {
    if (this.isFull) return false
    const isNew = !this.known.has(subject)
    this.known.add(subject)
    return this.take(OBJECT + (isNew ? TEXT + 4 * message.length : 0))
  }
}
