import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'
import { TracerError } from '../model/errors.js'
import { probesFolder } from '../host/package-root.js'

const lineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('exit'), pid: z.number().int(), status: z.number().int() }),
])

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/**
 * Stops each process of an app in the moment in which it ends, while its descriptors are still there. It watches the
 * first thread of each process only, and whatever becomes of the harness or of the watcher, the kernel lets all go on.
 */
export class ExitHold {
  private constructor(
    private readonly child: Child,
    private readonly lines: AsyncIterator<string, undefined>,
  ) {}

  /** Watches a held process and all that it forks. */
  static async watch(pid: number): Promise<ExitHold> {
    const child = spawn(join(probesFolder, 'exithold'), ['--pid', String(pid)], {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let said = ''
    child.on('error', (error) => (said += error.message))
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.stdin.on('error', () => undefined)
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    const hold = new ExitHold(child, createInterface(child.stdout)[Symbol.asyncIterator]())
    if ((await hold.next())?.type !== 'ready') {
      await ended
      throw new TracerError(
        'TRACER_DENIED',
        `--at-exit is not available: ${said.trim() || 'its watcher has ended'}. It needs the right to ptrace the app: as root, or as the app's user where kernel.yama.ptrace_scope is 0 and no debugger is at work. If its program is missing, run "npm run build" in a checkout of crac-preflight.`,
      )
    }
    return hold
  }

  /** The next process that has come to its end and waits there, null when there will be none. */
  async exit(): Promise<number | null> {
    const line = await this.next()
    return line?.type === 'exit' ? line.pid : null
  }

  /** Lets a process end. */
  release(pid: number): void {
    this.child.stdin.write(`release ${pid}\n`)
  }

  stop(): void {
    this.child.kill('SIGKILL')
  }

  private async next(): Promise<z.infer<typeof lineSchema> | null> {
    const line = await this.lines.next()
    return line.done === true ? null : lineSchema.parse(JSON.parse(line.value))
  }
}
