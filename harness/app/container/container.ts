import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GenericContainer } from 'testcontainers'
import { AppError } from '../../errors.js'
import { probesFolder } from '../../package-root.js'
import type { Exit, HeldApp, RunningProcess } from '../held.js'
import { AppOutput } from '../output.js'
import { connectEngine, reason, type DockerContainer } from './engine.js'
import { putBehindGate } from './gated.js'
import { belongsTo, descendantsOf, gateOf } from './processes.js'

/** Where the app finds the harness's files. Not below /tmp, which may be in memory and then not hold libraries. */
const PROBES = '/.crac-preflight/probes'
const FOLDER = '/.crac-preflight/run'

export interface ContainerRequest {
  /** Configured, but for what the harness adds. */
  container: GenericContainer
  /** The command as it is to run, JVM options of the harness included. */
  command: string[]
  /** What the harness adds to the environment. */
  env: Record<string, string>
  /** The harness's own folder, for what the JVM writes for it. */
  folder: string
  /** Below it: where a real engine may write its image. */
  imageFolder: string
  logFile: string
}

/** Starts a container behind the gate: the image is untouched, nothing of the app has run. */
export async function holdContainer(request: ContainerRequest): Promise<HeldApp> {
  const { container, folder } = request
  const docker = (await connectEngine()).container.dockerode
  // The app's user is not ours. On this machine the folder lies in one that is ours alone.
  for (const each of [folder, request.imageFolder]) await chmod(each, 0o777)
  const output = await AppOutput.create(request.logFile)
  const inside = (text: string) => text.replaceAll(probesFolder, PROBES).replaceAll(folder, FOLDER)
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  let app: StartedContainer | undefined
  let holds: (pid: number) => void = () => undefined
  const held = new Promise<number>((resolve) => (holds = resolve))
  putBehindGate(container, {
    entrypoint: [`${PROBES}/gate`],
    command: ['--', ...request.command.map(inside)],
    env: Object.fromEntries(Object.entries(request.env).map(([name, value]) => [name, inside(value)])),
    binds: [`${probesFolder}:${PROBES}:ro`, `${folder}:${FOLDER}`],
    created: async (id) => {
      app = new StartedContainer(docker.getContainer(id), output)
      await app.follow()
    },
    starting: async () => {
      holds(await gateOf((await app?.began()) ?? 0))
      await released
    },
  })
  const starting = container.start()
  try {
    const pid = await Promise.race([held, starting.then(() => neverHeld())])
    const started = app ?? neverHeld()
    assertMaySignal(pid)
    const waited = starting.catch((error: unknown) => {
      throw new AppError(
        'APP_NOT_READY',
        `The container's own wait failed: ${reason(error)}`,
        output.tail(40),
      )
    })
    // Nobody may be waiting for it any more.
    waited.catch(() => undefined)
    const stop = () => started.stop()
    return {
      pid,
      release: () => {
        process.kill(pid, 'SIGCONT')
        release()
        return { ...started.running(pid), inside, stop, started: waited }
      },
      stop: async () => {
        release()
        await stop()
      },
    }
  } catch (error) {
    release()
    await app?.stop()
    if (app === undefined) await output.close()
    if (error instanceof AppError) throw error
    throw new AppError('APP_NOT_STARTED', `The container can't be started: ${reason(error)}`, output.text)
  }
}

function neverHeld(): never {
  throw new AppError('APP_NOT_STARTED', 'The container did not come to its first instruction.')
}

function assertMaySignal(pid: number): void {
  try {
    process.kill(pid, 0)
  } catch {
    throw new AppError(
      'APP_NOT_STARTED',
      'An app in a container can be observed by root only: this user may not signal its processes. Run the check as root on the machine of the Docker engine.',
    )
  }
}

/** What dockerode does not describe of itself. */
interface Demuxer {
  demuxStream(from: NodeJS.ReadableStream, stdout: Writable, stderr: Writable): void
}

/** A container that exists: its output, its end and its removal. */
class StartedContainer {
  private ending: Promise<Exit> | undefined
  private streamEnd: Promise<unknown> = Promise.resolve()
  private ports: Partial<Record<string, { HostIp: string; HostPort: string }[] | null>> = {}
  private stopping: Promise<Exit> | undefined
  private first: number | undefined
  private ended = false

  constructor(
    private readonly container: DockerContainer,
    private readonly output: AppOutput,
  ) {}

  /** Attached before the start, so that no word is missed and no log driver is needed. */
  async follow(): Promise<void> {
    const stream = await this.container.attach({ stream: true, stdout: true, stderr: true })
    const { Config } = await this.container.inspect()
    const { fd } = this.output.file
    const file = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        writeSync(fd, chunk)
        done()
      },
    })
    this.streamEnd = once(stream, 'close').catch(() => undefined)
    // A terminal has one stream, anything else has two that are told apart by frames.
    if (Config.Tty) stream.pipe(file)
    else (this.container.modem as Demuxer).demuxStream(stream, file, file)
  }

  /** To be called when it runs; resolves to the pid that this machine gives its first process. */
  async began(): Promise<number> {
    const { State, NetworkSettings } = await this.container.inspect()
    this.ports = NetworkSettings.Ports
    this.ending = this.end()
    this.first = State.Pid
    return this.first
  }

  running(pid: number): Pick<RunningProcess, 'pid' | 'output' | 'exited' | 'address' | 'root'> {
    return {
      pid,
      output: this.output,
      exited: this.ending ?? Promise.resolve('never started'),
      root: `/proc/${pid}/root`,
      address: (port) => {
        const binding = this.ports[`${port}/tcp`]?.[0]
        if (binding === undefined)
          throw new AppError(
            'WARM_UP_FAILED',
            `Port ${port} of the container can't be reached from here. Add it to "ports" (--port ${port}).`,
          )
        const { HostIp } = binding
        return {
          host: /^(0\.0\.0\.0|::|)$/.test(HostIp) ? '127.0.0.1' : HostIp,
          port: Number(binding.HostPort),
        }
      },
    }
  }

  stop(): Promise<Exit> {
    this.stopping ??= this.stopAndRemove()
    return this.stopping
  }

  private async stopAndRemove(): Promise<Exit> {
    // Docker signals the first process only, and a shell passes nothing on.
    await this.signal('SIGTERM')
    await this.container.stop({ t: 5 }).catch(async (error: unknown) => {
      // 304: it has ended already. An engine that is gone can't stop it, its processes are still there.
      if ((error as { statusCode?: unknown }).statusCode === undefined) await this.signal('SIGKILL')
    })
    const exit = this.ending === undefined ? 'never started' : await this.ending
    await this.container.remove({ force: true, v: true }).catch(() => undefined)
    if (this.ending === undefined) await this.output.close()
    return exit
  }

  private async signal(signal: NodeJS.Signals): Promise<void> {
    if (!this.first || this.ended) return
    for (const pid of await descendantsOf(this.first))
      try {
        // A pid may have been used again since.
        if (await belongsTo(this.container.id, pid)) process.kill(pid, signal)
      } catch {
        // It has just ended, or belongs to a user whom this one may not signal.
      }
  }

  private async end(): Promise<Exit> {
    const waited = this.container.wait().then(({ StatusCode }: { StatusCode: number }) => StatusCode)
    const exit = await Promise.race([waited, this.streamEnd.then(() => this.status())]).then(
      (status) => {
        this.ended = true
        return this.explain(status)
      },
      (error: unknown) => `unknown: the Docker engine does not answer (${reason(error)})`,
    )
    // The engine closes the stream when all is read; one that is gone does not.
    await Promise.race([this.streamEnd, new Promise((resolve) => setTimeout(resolve, 2000).unref())])
    await this.output.close()
    return exit
  }

  /** A wait whose engine has gone never ends (its client does not notice), but the stream of the output does. */
  private async status(): Promise<number> {
    for (;;) {
      const { State } = await this.container.inspect()
      if (!State.Running) return State.ExitCode
      await sleep(100)
    }
  }

  /** The kernel's killer leaves 137 like a checkpoint does; the two must not look alike. */
  private async explain(status: number): Promise<Exit> {
    const state = await this.container.inspect().then(
      ({ State }) => State,
      () => null,
    )
    return state?.OOMKilled === true ? `${status}: out of memory, killed by the kernel` : status
  }
}
