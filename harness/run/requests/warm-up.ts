import type { RunningApp } from '../running-app.js'

/** One request of a warm-up. */
export interface WarmUpRequest {
  /** A path like "/orders", or a whole URL. */
  url: string
  /** `GET` by default, with a body `POST`. */
  method?: string
  headers?: Record<string, string>
  body?: string
  /** For HTTP Basic; a token stands in the header `authorization`. */
  credentials?: { user: string; password: string }
  /** The status that is right, or several; any from 200 to 299 by default. A redirect that is expected is not followed. */
  expect?: number | readonly number[]
  /** How often it is sent, one after the other; once by default. */
  repeat?: number
}

/** What is done with an app between ready and checkpoint. */
export type WarmUp = ((app: RunningApp) => Promise<void>) | WarmUpRequest | readonly WarmUpRequest[]

/** A warm-up as what it does. */
export function toAction(warmUp: WarmUp): (app: RunningApp) => Promise<void> {
  if (typeof warmUp === 'function') return warmUp
  const requests = [warmUp].flat()
  return async (app) => {
    for (const request of requests)
      for (let sent = 0; sent < (request.repeat ?? 1); sent++) await send(app, request)
  }
}

/** Sends a request and reads its answer to the end; rejects where it isn't the expected one. */
async function send(app: RunningApp, request: WarmUpRequest): Promise<void> {
  const { url, body, method = body === undefined ? 'GET' : 'POST', credentials } = request
  const expected = [request.expect ?? []].flat()
  const init = {
    method,
    headers: { ...(credentials && { authorization: basic(credentials) }), ...request.headers },
    redirect: expected.some(isRedirect) ? ('manual' as const) : ('follow' as const),
    signal: AbortSignal.timeout(30_000),
    ...(body !== undefined && { body }),
  }
  const { ok, status } = await wholeAnswer(app, url, init).catch((error: unknown) => {
    throw new Error(`${method} ${url} got no whole answer`, { cause: (error as Error).cause ?? error })
  })
  if (expected.length === 0 ? ok : expected.includes(status)) return
  throw new Error(
    `${method} ${url} answered ${status}${expected.length === 0 ? '' : `, expected was ${expected.join(' or ')}`}`,
  )
}

async function wholeAnswer(app: RunningApp, url: string, init: RequestInit): Promise<Response> {
  const response = await app.fetch(url, init)
  await response.arrayBuffer()
  return response
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400

const basic = ({ user, password }: { user: string; password: string }): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
