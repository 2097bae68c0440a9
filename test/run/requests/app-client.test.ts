import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppClient } from '../../../harness/run/requests/app-client.js'

const program = join(mkdtempSync(join(tmpdir(), 'client-')), 'app.mjs')
writeFileSync(
  program,
  `import http from 'node:http'
   const server = http.createServer((request, response) => response.end('x'.repeat(Number(request.url.slice(1)))))
   server.keepAliveTimeout = 60000
   server.listen(0, '127.0.0.1', () => process.send(server.address().port))
   process.on('message', () => server.getConnections((_, count) => process.send(count)))`,
)

let app: ChildProcess
let url: string
beforeEach(async () => {
  app = fork(program)
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

test('connections are kept for the next request, and closed when they must not be there', async () => {
  const client = new AppClient()
  for (let i = 0; i < 3; i++) expect(await (await client.fetch(`${url}/3`)).text()).toBe('xxx')
  expect(await connections()).toBeGreaterThan(0)
  await client.close()
  await expect.poll(connections).toBe(0)
  // The app may be asked again after the checkpoint.
  expect(await (await client.fetch(`${url}/2`)).text()).toBe('xx')
  await client.close()
})

test('an answer that nobody reads to its end holds no connection', async () => {
  const client = new AppClient()
  const unread = await client.fetch(`${url}/10000000`)
  expect(unread.status).toBe(200)
  expect(await connections()).toBe(1)
  await client.close()
  await expect.poll(connections).toBe(0)
})

test('what another client keeps is no concern of this one', async () => {
  const [one, other] = [new AppClient(), new AppClient()]
  await (await one.fetch(`${url}/1`)).text()
  await (await other.fetch(`${url}/1`)).text()
  await one.close()
  await expect.poll(connections).toBe(1)
  await other.close()
})

test('it is asked as fetch is', async () => {
  const client = new AppClient()
  const response = await client.fetch(new URL('/1', url).href, {
    method: 'POST',
    body: 'x',
    headers: { a: 'b' },
  })
  expect(response.ok).toBe(true)
  await expect(client.fetch(`${url}/1`, { signal: AbortSignal.abort() })).rejects.toThrow('abort')
  await client.close()
})
