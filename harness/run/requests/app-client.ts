import { setTimeout as sleep } from 'node:timers/promises'
import type { Agent, Pool, RequestInit as UndiciRequestInit } from 'undici'

/** How long an answer that nobody has read to its end may hold its connection. */
const UNREAD_MS = 1000

/**
 * Requests to one app, over connections of their own: those that are kept for reuse would be sockets that the app has
 * accepted, descriptors of the harness's making, which a checkpoint would refuse. undici is loaded with the first one.
 */
export class AppClient {
  private agent: Agent | null = null
  /** An agent that is closed forgets them, and what is still in use couldn't be ended any more. */
  private pools: Pool[] = []

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const undici = await import('undici')
    this.agent ??= new undici.Agent({
      factory: (origin, options) => this.keep(new undici.Pool(origin, options)),
    })
    const request = { ...init, dispatcher: this.agent } as UndiciRequestInit
    const response: unknown = await undici.fetch(url, request)
    // undici's own class of the same standard.
    return response as Response
  }

  /** Ends the connections: idle ones at once, one whose answer nobody reads after a moment. A later request opens new ones. */
  async close(): Promise<void> {
    const { agent, pools } = this
    this.agent = null
    this.pools = []
    await Promise.race([agent?.close(), sleep(UNREAD_MS, undefined, { ref: false })])
    await Promise.all(pools.map((pool) => pool.destroy()))
  }

  private keep(pool: Pool): Pool {
    this.pools.push(pool)
    return pool
  }
}
