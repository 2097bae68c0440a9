import type { StartedApp } from '../../app/held.js'
import { reachable } from '../../app/ready.js'
import type { AppSpec } from '../../app/spec.js'
import { UsageError } from '../../model/errors.js'
import { AppClient } from './app-client.js'
import { closeIdleConnections } from './close-idle-connections.js'
import { requestPort } from './request-port.js'

/** What is asked of an app over its ports, wherever it runs. */
export class AppRequests {
  private readonly client = new AppClient()
  /** Hosts and ports that `url` has given out: they are as they must be from here. */
  private readonly givenOut = new Set<string>()

  constructor(
    private readonly spec: AppSpec,
    private readonly process: StartedApp,
  ) {}

  /** Where one of the app's ports can be reached from here. */
  url(port: number, path: string): string {
    const { host, port: reachable } = this.process.address(port)
    this.givenOut.add(`${host}:${reachable}`)
    return `http://${host}:${reachable}${path}`
  }

  /** Asks a path, on the one port that it can be meant for, or a whole URL. */
  async fetch(where: string, init?: RequestInit): Promise<Response> {
    const { spec, process } = this
    if (where.startsWith('/')) {
      const port = await requestPort(spec, process.pid, process.host)
      return await this.client.fetch(this.url(port, where), init)
    }
    if (!URL.canParse(where))
      throw new UsageError(`app.fetch() can't ask "${where}". Give a path like "/orders", or a whole URL.`)
    const known = this.givenOut.has(new URL(where).host)
    return await this.client.fetch(known ? where : reachable(where, process), init)
  }

  /** Ends the connections that are kept for the next request; the app gets a moment to see that. */
  closeIdleConnections(appPid: number): Promise<void> {
    return closeIdleConnections(appPid, this.process.host, this.process.root !== null, this.client)
  }
}
