import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../../host/host.js'
import type { Exit, StartedApp } from '../held.js'
import type { AppOutput } from '../output.js'
import { reason, type Docker, type DockerContainer } from './engine.js'
import { belongsTo, descendantsOf } from './processes.js'
import { reach, unreachable, type Published, type PublishedOn } from './ports.js'
import { Tunnel } from './sidecar/tunnel.js'

/** What dockerode does not describe of itself. */
interface Demuxer {
  demuxStream(from: NodeJS.ReadableStream, stdout: Writable, stderr: Writable): void
}

/** A container that exists: its output, its end and its removal. */
export class StartedContainer {
  private ending: Promise<Exit> | undefined
  private streamEnd: Promise<unknown> = Promise.resolve()
  private published: Published = { ports: {}, gateways: [], addresses: [] }
  private tunnel: Tunnel | undefined
  private stopping: Promise<Exit> | undefined
  private first: number | undefined
  private ended = false

  constructor(
    private readonly docker: Docker,
    private readonly container: DockerContainer,
    private readonly output: AppOutput,
    private readonly host: Host,
    private readonly on: PublishedOn,
  ) {}

  /** Attached before the start, so that no word is missed and no log driver is needed. */
  async follow(): Promise<void> {
    const stream = await this.container.attach({ stream: true, stdout: true, stderr: true })
    const { Config } = await this.container.inspect()
    const { fd } = this.output.file
    const file = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        try {
          writeSync(fd, chunk)
        } catch {
          // The disk is full: the wait for the app says so.
        }
        done()
      },
    })
    this.streamEnd = once(stream, 'close').catch(() => undefined)
    // A terminal has one stream, anything else has two that are told apart by frames.
    if (Config.Tty) stream.pipe(file)
    else (this.container.modem as Demuxer).demuxStream(stream, file, file)
  }

  /** To be called when it runs; resolves to the pid that its machine gives its first process. */
  async began(): Promise<number> {
    const { State, NetworkSettings } = await this.container.inspect()
    const networks = Object.values(NetworkSettings.Networks)
    this.published = {
      ports: NetworkSettings.Ports,
      gateways: networks.map(({ Gateway }) => Gateway),
      addresses: networks.map(({ IPAddress }) => IPAddress).filter(Boolean),
    }
    this.ending = this.end()
    this.first = State.Pid
    await this.openTunnel()
    return this.first
  }

  running(pid: number): Omit<StartedApp, 'stop' | 'inside' | 'started'> {
    return {
      pid,
      host: this.host,
      output: this.output,
      exited: this.ending ?? Promise.resolve('never started'),
      root: `/proc/${pid}/root`,
      handOver: null,
      address: (port) =>
        this.tunnel?.reach(port) ?? reach(this.published, port, this.on) ?? neverOpened(port),
    }
  }

  stop(): Promise<Exit> {
    this.stopping ??= this.stopAndRemove()
    return this.stopping
  }

  private async openTunnel(): Promise<void> {
    const ports = unreachable(this.published, this.on)
    // One that has ended at once has no network that could be joined.
    if (ports.length === 0 || !this.first) return
    const address = this.published.addresses[0] ?? '127.0.0.1'
    this.tunnel = await Tunnel.into(this.docker, { id: this.container.id, address }, ports)
  }

  private async stopAndRemove(): Promise<Exit> {
    // Docker signals the first process only, and a shell passes nothing on.
    await this.signal('SIGTERM')
    await this.container.stop({ t: 5 }).catch(async (error: unknown) => {
      // 304: it has ended already. An engine that is gone can't stop it, its processes are still there.
      if ((error as { statusCode?: unknown }).statusCode === undefined) await this.signal('SIGKILL')
    })
    // Podman removes no container whose network another one has joined.
    await this.tunnel?.close()
    const exit = this.ending === undefined ? 'never started' : await this.ending
    await this.container.remove({ force: true, v: true }).catch(() => undefined)
    if (this.ending === undefined) await this.output.close()
    return exit
  }

  private async signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.first || this.ended) return
    for (const pid of await descendantsOf(this.first, this.host).catch(() => []))
      try {
        // A pid may have been used again since.
        if (await belongsTo(this.container.id, pid, this.host)) await this.host.kill(pid, signal)
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

/** What could not be reached has a tunnel since the container began. */
function neverOpened(port: number): never {
  throw new Error(`there is no way to port ${port} of the container`)
}
