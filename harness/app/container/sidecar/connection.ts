import { Duplex, PassThrough, Writable } from 'node:stream'
import { debug } from '../../../host/diagnosis/debug.js'
import { HostError } from '../../../model/errors.js'

const say = debug('sidecar')

/** The frames of `probes/sidecar/README.md`: size, number of the request, kind, payload. */
const HEADER = 9
const MOST = 16 * 2 ** 20

/** What goes wrong at the other end, told by the name of its errno as Node's own errors are. */
class RemoteError extends Error {
  constructor(
    readonly code: string,
    words: string[],
  ) {
    super(`${code}: ${words.join(' ')}, asked of the sidecar`)
  }
}

/** The connection to the container, as the engine hands it over. */
export type Wire = Duplex & Record<'ref' | 'unref', () => unknown>

interface Request {
  words: string[]
  resolve(answer: Buffer): void
  reject(error: Error): void
}

/** The conversation with a sidecar over its standard input and output: many requests at a time. */
export class SidecarConnection {
  /** Resolves when the other end has gone. */
  readonly gone: Promise<void>
  private readonly requests = new Map<number, Request>()
  private readonly channels = new Map<number, Channel>()
  private last = 0
  private arrived = Buffer.alloc(0)
  private failure: Error | undefined

  constructor(
    private readonly wire: Wire,
    /** Brings what the other end says on its standard output to where the frames are read. */
    deliver: (frames: Writable) => void,
    /** What is said when the other end has gone. */
    ended: string,
  ) {
    // A forgotten sidecar must not keep the harness alive; when the harness ends, the sidecar's standard input does.
    wire.unref()
    const frames = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.receive(chunk)
        done()
      },
    })
    deliver(frames)
    this.gone = new Promise((resolve) => {
      wire.on('error', () => undefined)
      for (const end of ['end', 'close']) wire.on(end, () => resolve())
    })
    void this.gone.then(() => {
      this.fail(new HostError(ended))
    })
  }

  /** Sends a request and resolves to its answer. */
  ask(...words: (string | number)[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure)
      this.requests.set(++this.last, { words: words.map(String), resolve, reject })
      this.wire.ref()
      this.send(this.last, '?', Buffer.from(words.map((word) => `${word}\0`).join('')))
    })
  }

  /** Opens a conversation; what prevents it is an `error` of the channel. */
  open(...words: string[]): Channel {
    const id = this.last + 1
    const channel = new Channel((kind, payload) => this.send(id, kind, payload))
    this.channels.set(id, channel)
    channel.on('close', () => this.channels.delete(id))
    this.ask(...words).then(
      () => channel.opened(),
      (error: unknown) => channel.destroy(error as Error),
    )
    return channel
  }

  /** Ends the sidecar. */
  async close(): Promise<void> {
    this.wire.ref()
    this.wire.end()
    await this.gone
    this.wire.destroy()
  }

  private send(id: number, kind: string, payload: Buffer): void {
    if (this.failure) return
    say(() => `> ${id} ${kind} ${payload.toString('latin1', 0, 200)}`)
    const header = Buffer.alloc(HEADER)
    header.writeUInt32LE(payload.length, 0)
    header.writeUInt32LE(id, 4)
    header.write(kind, 8, 'latin1')
    this.wire.write(Buffer.concat([header, payload]))
  }

  private receive(chunk: Buffer): void {
    this.arrived = Buffer.concat([this.arrived, chunk])
    for (;;) {
      const size = this.arrived.length < HEADER ? 0 : this.arrived.readUInt32LE(0)
      if (size > MOST) return void this.wire.destroy()
      if (this.arrived.length < HEADER + size) return
      const [id, kind] = [this.arrived.readUInt32LE(4), this.arrived.toString('latin1', 8, HEADER)]
      const payload = this.arrived.subarray(HEADER, HEADER + size)
      this.arrived = this.arrived.subarray(HEADER + size)
      say(() => `< ${id} ${kind} ${payload.length} bytes`)
      this.take(id, kind, payload)
    }
  }

  private take(id: number, kind: string, payload: Buffer): void {
    const request = this.requests.get(id)
    if (kind !== '=' && kind !== '!') return this.channels.get(id)?.arrive(kind, payload)
    this.requests.delete(id)
    if (this.requests.size === 0) this.wire.unref()
    if (kind === '=') request?.resolve(payload)
    else request?.reject(new RemoteError(payload.toString('latin1'), request.words))
  }

  private fail(error: Error): void {
    this.failure = error
    for (const request of this.requests.values()) request.reject(error)
    this.requests.clear()
    for (const channel of this.channels.values()) channel.destroy(error)
  }
}

/** A conversation with one socket or program at the other end. */
export class Channel extends Duplex {
  readonly stderr = new PassThrough()
  /** How a program ended: its exit status, or `signal N`. Rejects where there was none. */
  readonly ended: Promise<string>
  private over = false
  private told: (how: string) => void = () => undefined
  private ready: () => void = () => undefined
  private readonly open = new Promise<void>((resolve) => (this.ready = resolve))

  constructor(private readonly put: (kind: '<' | 'x', payload: Buffer) => void) {
    super()
    this.ended = new Promise((resolve, reject) => {
      this.told = resolve
      this.on('error', reject)
    })
    this.ended.catch(() => undefined)
  }

  opened(): void {
    this.ready()
    this.emit('connect')
  }

  arrive(kind: string, payload: Buffer): void {
    // What comes after the end belongs to nobody.
    if (this.over) return
    if (kind === '1') this.push(payload)
    else if (kind === '2') this.stderr.write(payload)
    else if (kind === '.') {
      this.over = true
      this.push(null)
      this.stderr.end()
      this.told(payload.toString('latin1'))
    }
  }

  override _read(): void {
    // The other end sends when it has something.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    void this.open.then(() => {
      // Nothing at all would be the end.
      if (chunk.length > 0) this.put('<', chunk)
      done()
    })
  }

  override _final(done: () => void): void {
    if (!this.over) this.put('<', Buffer.alloc(0))
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.over) this.put('x', Buffer.alloc(0))
    if (error === null) this.told('signal 9')
    done(error)
  }
}
