import { once } from 'node:events'
import type { Host } from '../../host/host.js'
import type { Exit, StartedApp } from '../held.js'
import type { AppOutput } from '../output.js'
import { exitOf } from '../remaking/container-exit.js'
import { lastExit } from '../remaking/last-exit.js'
import { remakingOf, type Lent } from '../remaking/remade-container.js'
import type { RestoredApp } from '../remaking/remaking.js'
import { demultiplex, type Docker, type DockerContainer } from './engine.js'
import { belongsTo, descendantsOf } from './processes.js'
import { reach, unreachable, type Published, type PublishedOn } from './ports.js'
import { Tunnel } from './sidecar/tunnel.js'

/** A container that exists: its output, its end and its removal. */
export class StartedContainer {
  private ending: Promise<Exit> | undefined
  private streamEnd: Promise<unknown> = Promise.resolve()
  private published: Published = { ports: {}, gateways: [], addresses: [] }
  private tunnel: Tunnel | undefined
  private stopping: Promise<Exit> | undefined
  private first: number | undefined
  private ended = false
  /** How its first life ends. */
  lifeEnds: Promise<Exit> = Promise.resolve('never started')

  /** The app's process, in whichever container it is. */
  pid = 0
  private heir: Promise<RestoredApp | null> = Promise.resolve(null)

  constructor(
    private readonly docker: Docker,
    public container: DockerContainer,
    private readonly output: AppOutput,
    readonly host: Host,
    private readonly on: PublishedOn,
  ) {}

  /** Attached before the start, so that no word is missed and no log driver is needed. */
  async follow(): Promise<void> {
    const stream = await this.container.attach({ stream: true, stdout: true, stderr: true })
    const { Config } = await this.container.inspect()
    const file = this.output.writer()
    this.streamEnd = once(stream, 'close').catch(() => undefined)
    // A terminal has one stream, anything else has two that are told apart by frames.
    if (Config.Tty) stream.pipe(file)
    else demultiplex(this.container, stream, file, file)
  }

  /** To be called when it runs; resolves to the pid that its machine gives its first process. */
  async began(): Promise<number> {
    const first = await this.look()
    this.lifeEnds = exitOf(this.container, this.streamEnd, () => (this.ended = true))
    this.ending = lastExit(this.lifeEnds, () => this.heir).finally(() => this.closeOutput())
    return first
  }

  private async look(): Promise<number> {
    const { State, NetworkSettings } = await this.container.inspect()
    const networks = Object.values(NetworkSettings.Networks)
    this.published = {
      ports: NetworkSettings.Ports,
      gateways: networks.map(({ Gateway }) => Gateway),
      addresses: networks.map(({ IPAddress }) => IPAddress).filter(Boolean),
    }
    this.first = State.Pid
    this.ended = false
    await this.openTunnel()
    return this.first
  }

  running(
    pid: number,
    { inside, stop, started }: Pick<StartedApp, 'inside' | 'stop' | 'started'>,
    remaking: Lent | string,
  ): StartedApp {
    this.pid = pid
    const current = () => this.pid
    return {
      get pid() {
        return current()
      },
      get root() {
        return `/proc/${current()}/root`
      },
      host: this.host,
      output: this.output,
      exited: this.ending ?? Promise.resolve('never started'),
      remaking: typeof remaking === 'string' ? remaking : remakingOf(this, this.docker, remaking),
      address: (port) =>
        this.tunnel?.reach(port) ?? reach(this.published, port, this.on) ?? neverOpened(port),
      ...{ inside, stop, started },
    }
  }

  /** Removes it, that another one can take its place. */
  async leave(): Promise<void> {
    // Podman removes no container whose network another one has joined.
    await this.tunnel?.close()
    this.tunnel = undefined
    await this.container.remove({ force: true, v: true })
  }

  /** Takes another container for the app's; resolves to the pid of its first process. */
  async replace(container: DockerContainer): Promise<number> {
    this.container = container
    return await this.look()
  }

  /** From now on the end of what comes of `heir` is the app's. */
  handOver(heir: Promise<RestoredApp | null>): void {
    this.heir = heir
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

  private async closeOutput(): Promise<void> {
    // The engine closes the stream when all is read; one that is gone does not.
    await Promise.race([this.streamEnd, new Promise((resolve) => setTimeout(resolve, 2000).unref())])
    await this.output.close()
  }
}

/** What could not be reached has a tunnel since the container began. */
function neverOpened(port: number): never {
  throw new Error(`there is no way to port ${port} of the container`)
}
