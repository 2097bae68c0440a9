/** Longer than any name or option that a JVM tells of itself. */
const LONGEST_STRING = 2 ** 20

/**
 * Reads JFR's primitive encodings from a buffer: compressed integers and the five forms of a string. A read beyond the
 * buffer throws, so a reader of a part gets that part alone.
 */
export class JfrBytes {
  constructor(
    private readonly buffer: Buffer,
    public position: number,
  ) {}

  byte(): number {
    return this.buffer.readUInt8(this.position++)
  }

  /** LEB128 of at most nine bytes, the ninth whole. Exact up to 2^53, which nanoseconds of uptime stay below for 104 days. */
  integer(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const next = this.byte()
      value += (next & 0x7f) * scale
      if (next < 0x80) return value
      scale *= 128
    }
    return value + this.byte() * scale
  }

  /** A number of things that follow. Each takes a byte at least, so a damaged one is seen before it asks for memory. */
  count(): number {
    const count = this.integer()
    if (count > this.buffer.length - this.position)
      throw new RangeError(
        `At byte ${this.position} ${count} things are promised, which is more than there is.`,
      )
    return count
  }

  float(): number {
    this.position += 4
    return this.buffer.readFloatBE(this.position - 4)
  }

  double(): number {
    this.position += 8
    return this.buffer.readDoubleBE(this.position - 8)
  }

  /** A string, null, or the key of one in the constant pool. */
  string(): string | number | null {
    const form = this.byte()
    if (form === 0) return null
    if (form === 1) return ''
    if (form === 2) return this.integer()
    const length = this.count()
    if (length > LONGEST_STRING)
      throw new RangeError(`At byte ${this.position} there is a string of ${length} bytes.`)
    if (form === 4) {
      let text = ''
      for (let i = 0; i < length; i++) text += String.fromCharCode(this.integer())
      return text
    }
    this.position += length
    return this.buffer.toString(form === 5 ? 'latin1' : 'utf8', this.position - length, this.position)
  }
}
