const BLOCK_BYTES = 1 << 16

/** The newest bytes of a stream, up to a limit, in blocks: the oldest block goes when it is not needed any more. */
export class NewestBytes {
  private blocks: Buffer[] = []
  private free: Buffer = Buffer.alloc(0)
  private kept = 0
  private decoded: { at: number; text: string } | null = null
  /** How many bytes have come by, those that were left out included. */
  passed = 0

  constructor(private readonly limit: number) {}

  add(bytes: Buffer): void {
    this.passed += bytes.length
    this.kept += bytes.length
    for (let rest = bytes; rest.length > 0;) {
      if (this.free.length === 0) this.blocks.push((this.free = Buffer.alloc(BLOCK_BYTES)))
      const copied = rest.copy(this.free)
      this.free = this.free.subarray(copied)
      rest = rest.subarray(copied)
    }
    while (this.kept - BLOCK_BYTES >= this.limit) {
      this.blocks.shift()
      this.kept -= BLOCK_BYTES
    }
  }

  /** What is left out separates what stands before it from what comes: nothing older is kept. */
  leaveOut(bytes: number): void {
    this.passed += bytes
    this.blocks = []
    this.free = Buffer.alloc(0)
    this.kept = 0
  }

  get text(): string {
    if (this.decoded?.at !== this.passed) this.decoded = { at: this.passed, text: this.since(0) }
    return this.decoded.text
  }

  /** What has come by after the first `mark` bytes, as far as it is kept. */
  since(mark: number): string {
    const all = Buffer.concat(this.blocks).subarray(0, this.kept)
    const wanted = Math.min(this.limit, this.kept, Math.max(0, this.passed - mark))
    const bytes = all.subarray(all.length - wanted)
    // A character whose beginning is cut off is none.
    let begin = 0
    if (wanted < this.kept) while (begin < 3 && ((bytes[begin] ?? 0) & 0xc0) === 0x80) begin++
    return bytes.toString('utf8', begin)
  }
}
