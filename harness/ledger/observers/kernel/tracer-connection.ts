import { TracerError } from '../../../model/errors.js'
import { debug } from '../../../host/diagnosis/debug.js'
import type { Program } from '../../../host/host.js'
import { explainFailure } from './tracer-failure.js'
import { parseLine, splitLines, type TracerLine } from './tracer-lines.js'

const say = debug('tracer')

/** A question to the tracer that waits for its last line. */
interface Request {
  take(line: TracerLine): void
  fail(error: TracerError): void
}

/** The conversation with a running tracer: one request at a time, in order, for all callers. */
export class TracerConnection {
  readonly lost: Promise<string>
  #pending: Request | undefined
  #last: Promise<unknown> = Promise.resolve()
  #gone: TracerError | undefined
  #stopping = false
  readonly #ended: Promise<void>

  constructor(
    readonly program: Program,
    readonly binary: string,
    readonly timeoutMs: number,
  ) {
    program.stdin.on('error', () => undefined)
    program.stdout.setEncoding('utf8').on('data', splitLines(this.#receive))
    program.stderr.resume()
    let tellLost: (reason: string) => void = () => undefined
    this.lost = new Promise((resolve) => (tellLost = resolve))
    this.#ended = ending(program, binary).then((error) => {
      this.#gone = error
      this.#pending?.fail(error)
      if (!this.#stopping) tellLost(error.message)
    })
  }

  /** Sends a command and collects the lines of its answer, up to the one that `isLast` knows. */
  ask(
    command: string,
    isLast: (line: TracerLine) => boolean,
    timeoutMs = this.timeoutMs,
  ): Promise<TracerLine[]> {
    const answer = this.#last.then(() => this.#exchange(command, isLast, timeoutMs))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.program.stdin.end('stop\n')
    const kill = setTimeout(() => this.program.kill(), 2000)
    await this.#ended
    clearTimeout(kill)
  }

  #exchange(
    command: string,
    isLast: (line: TracerLine) => boolean,
    timeoutMs: number,
  ): Promise<TracerLine[]> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(this.#gone)
      const lines: TracerLine[] = []
      const late = setTimeout(() => {
        this.#pending?.fail(
          new TracerError('TRACER_LOST', `The tracer gave no answer within ${timeoutMs} ms.`),
        )
        this.program.kill()
      }, timeoutMs)
      const settle = (): void => {
        clearTimeout(late)
        this.#pending = undefined
      }
      this.#pending = {
        take: (line) => {
          lines.push(line)
          if (!isLast(line)) return
          settle()
          resolve(lines)
        },
        fail: (error) => {
          settle()
          reject(error)
        },
      }
      say(() => `> ${command.trimEnd()}`)
      this.program.stdin.write(command)
    })
  }

  #receive = (text: string): void => {
    say(() => `< ${text}`)
    try {
      const line = parseLine(text)
      if (line.type === 'ended') return
      if (line.type === 'error') this.#pending?.fail(explainFailure(line, this.binary))
      else this.#pending?.take(line)
    } catch (error) {
      this.#pending?.fail(
        new TracerError('TRACER_LOST', 'The tracer said something that is not of its protocol.', null, {
          cause: error,
        }),
      )
      this.program.kill()
    }
  }
}

/** Waits for the tracer's end and says how it came. */
async function ending(program: Program, binary: string): Promise<TracerError> {
  try {
    return new TracerError('TRACER_LOST', `The tracer has ended (${await program.ended}).`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return new TracerError(
      'TRACER_MISSING',
      `The tracer can't be run (${why}). Run "npm run build" in a checkout of crac-preflight on this machine's architecture (${process.arch}) to make ${binary}.`,
      null,
      { cause: error },
    )
  }
}
