import type { Socket } from 'node:net'
import { once } from 'node:events'
import { Duplex, PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { debug } from '../../host/diagnosis/debug.js'
import type { Cluster } from './client.js'
import { refusal } from './refusal.js'

const say = debug('pod')

const EXEC = 'create resource "pods/exec"'

/** As long may kubelet take to tell how a container has ended. */
const LONGEST_REPORT_MS = 5000

/** A web socket as far as it is used here; `_socket` is how its library calls the connection below it. */
interface WebSocket {
  close(): void
  onclose: unknown
  _socket?: Socket
}

/** Which process in which pod. */
interface Target {
  pod: string
  container: string
  command: string[]
}

/** Standard input and output of a program that is run in a container of a pod. Its end is the program's, and the other way round. */
export class PodWire extends Duplex {
  private before: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly socket: WebSocket,
    private readonly input: PassThrough,
    output: PassThrough,
    /** Why the cluster did not run the program, or how it ended, where that is told. */
    readonly failures: readonly string[],
  ) {
    super()
    output.on('data', (chunk: Buffer) => this.push(chunk))
    socket.onclose = ({ code, reason }: { code?: number; reason?: string }) => {
      say(() => `the connection ended: ${code ?? ''} ${reason ?? ''}`)
      void Promise.race([this.before, sleep(LONGEST_REPORT_MS)]).then(() => {
        this.push(null)
        this.destroy()
      })
    }
  }

  /** With the app its container ends, and with that this: how the app has ended is to be known first. */
  endAfter(known: Promise<unknown>): void {
    this.before = known
  }

  static async open(cluster: Cluster, { pod, container, command }: Target): Promise<PodWire> {
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()]
    errors.on('data', (chunk: Buffer) => say(() => `${pod} says: ${chunk.toString('utf8').trimEnd()}`))
    const failures: string[] = []
    try {
      const socket: unknown = await cluster.exec.exec(
        cluster.namespace,
        pod,
        container,
        command,
        output,
        errors,
        input,
        false,
        ({ status, message }) => {
          say(() => `${pod}, ${command[0] ?? ''}: ${status ?? ''} ${message ?? ''}`)
          if (status === 'Failure') failures.push(message ?? 'no reason was given')
        },
      )
      return new PodWire(socket as WebSocket, input, output, failures)
    } catch (error) {
      throw refusal(cluster, `The sidecar program can't be run in the pod ${pod}`, error, EXEC)
    }
  }

  /** A forgotten connection keeps no process alive. */
  ref(): this {
    this.socket._socket?.ref()
    return this
  }

  unref(): this {
    this.socket._socket?.unref()
    return this
  }

  override _read(): void {
    // The other end sends when it has something.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.input.write(chunk)) done()
    else void once(this.input, 'drain').then(done)
  }

  override _final(done: () => void): void {
    // Not every server can be told that only the input has ended.
    this.socket.close()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.close()
    done(error)
  }
}

/** Runs a program in a container to its end; what it prints on standard output. */
export async function printedBy(cluster: Cluster, target: Target): Promise<string> {
  const wire = await PodWire.open(cluster, target)
  const pieces: Buffer[] = []
  for await (const piece of wire as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}
