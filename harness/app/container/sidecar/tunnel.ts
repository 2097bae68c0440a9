import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { AppError } from '../../../model/errors.js'
import { reason, type Docker } from '../engine.js'
import type { SidecarConnection } from './connection.js'
import { startHelper, type Helper } from './helper.js'

/**
 * A way to ports of an app on another machine: a helper in the network of the app's container, without any right, connects
 * there for whoever connects to a port of this machine.
 */
export class Tunnel {
  private readonly servers = new Map<number, Server>()
  private readonly open = new Set<Socket>()

  private constructor(
    private readonly connection: SidecarConnection,
    /** The container's own, in its network. */
    private readonly address: string,
    private readonly helper?: Helper,
  ) {}

  /** Through a sidecar that is in the app's network already. */
  static async through(connection: SidecarConnection, address: string, ports: number[]): Promise<Tunnel> {
    const tunnel = new Tunnel(connection, address)
    await tunnel.listen(ports)
    return tunnel
  }

  static async into(
    docker: Docker,
    container: { id: string; address: string },
    ports: number[],
  ): Promise<Tunnel> {
    const NetworkMode = `container:${container.id}`
    try {
      const helper = await startHelper(docker, [{ NetworkMode, SecurityOpt: ['no-new-privileges'] }])
      const tunnel = new Tunnel(helper.connection, container.address, helper)
      await tunnel.listen(ports)
      return tunnel
    } catch (error) {
      throw new AppError(
        'APP_NOT_STARTED',
        `The way to ports of the app on the engine’s machine can't be opened: ${reason(error)}. docs/containers.md says what it needs.`,
        '',
        { cause: error },
      )
    }
  }

  /** Where a port of the app is reached from here; null where nobody has asked for a way to it. */
  reach(port: number): { host: string; port: number } | null {
    const server = this.servers.get(port)
    return server ? { host: LOOPBACK, port: (server.address() as AddressInfo).port } : null
  }

  async close(): Promise<void> {
    for (const server of this.servers.values()) server.close()
    for (const socket of this.open) socket.destroy()
    await this.helper?.end()
  }

  private async listen(ports: number[]): Promise<void> {
    for (const port of ports) this.servers.set(port, await this.listenFor(port))
  }

  private async listenFor(port: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.connect(socket, port)
    })
    server.unref()
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, LOOPBACK, resolve))
    return server
  }

  private connect(socket: Socket, port: number): void {
    const channel = this.connection.open('dial', this.address, String(port))
    this.open.add(socket)
    socket
      .on('error', () => undefined)
      .on('close', () => {
        this.open.delete(socket)
        channel.destroy()
      })
    channel.on('error', () => socket.resetAndDestroy())
    socket.pipe(channel).pipe(socket)
  }
}

const LOOPBACK = '127.0.0.1'
