import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppClient } from '../../../harness/run/requests/app-client.js'
import { closeIdleConnections } from '../../../harness/run/requests/close-idle-connections.js'
import { localHost } from '../../../harness/host/local-host.js'

/** Stands for an app: answers with as many bytes as the path says; says on which port, and how many are connected. */
const program = `
  const server = require('node:http').createServer((request, response) => {
    response.end(Buffer.alloc(Number(request.url.slice(1)), 'x'))
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
  process.on('message', () => server.getConnections((_, count) => process.send(count)))
`
const POOL = Symbol.for('undici.globalDispatcher.1')
const holder = globalThis as unknown as { [POOL]: object }

let app: ChildProcess
let url: string
beforeEach(async () => {
  app = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [port] = (await once(app, 'message')) as [number]
  url = `http://127.0.0.1:${port}`
})
afterEach(() => {
  app.kill()
})

async function connections(): Promise<number> {
  const answer = once(app, 'message')
  app.send('count')
  return ((await answer) as [number])[0]
}

test.for([1, 1_000_000])('an answer of %s bytes that is not read holds no connection', async (bytes) => {
  const kept = await fetch(`${url}/${bytes}`)
  expect(await connections()).toBe(1)
  const begin = performance.now()
  await closeIdleConnections(app.pid ?? 0, localHost, false, new AppClient())
  expect(performance.now() - begin).toBeLessThan(4000)
  expect(await connections()).toBe(0)
  expect(kept.status).toBe(200)
  // Later requests find a pool that works.
  expect((await (await fetch(`${url}/3`)).text()).length).toBe(3)
})

test('what Node’s own agent keeps for reuse is ended, too', async () => {
  const [response] = (await once(http.get(`${url}/3`), 'response')) as [http.IncomingMessage]
  expect(await text(response)).toBe('xxx')
  expect(await connections()).toBe(1)
  await closeIdleConnections(app.pid ?? 0, localHost, false, new AppClient())
  expect(await connections()).toBe(0)
})

test('a pool that the user has configured stays in place', async () => {
  await (await fetch(`${url}/3`)).text()
  const original = holder[POOL]
  const Agent = original.constructor as new (options: object) => object
  const own = new Agent({ connections: 3 })
  holder[POOL] = own
  try {
    await closeIdleConnections(app.pid ?? 0, localHost, false, new AppClient())
    expect(holder[POOL]).toBe(own)
    expect((await (await fetch(`${url}/3`)).text()).length).toBe(3)
  } finally {
    holder[POOL] = original
  }
})
