import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AppOutput } from '../../harness/app/output.js'
import { holdProcess } from '../../harness/app/process.js'
import { untilReady } from '../../harness/app/ready.js'

async function app() {
  const path = join(mkdtempSync(join(tmpdir(), 'ready-')), 'log')
  // Its own process stands for the app, and for a JVM.
  const jvms = () => Promise.resolve([process.pid])
  return { path, pid: process.pid, output: await AppOutput.create(path), jvms }
}

test('a log line makes an app ready, whether it came before or comes after', async () => {
  const watched = await app()
  appendFileSync(watched.path, 'Started in 3 s\n')
  await expect.poll(() => watched.output.text).toContain('Started')
  await untilReady(watched, { log: /Started/g }, AbortSignal.timeout(2000))
  const later = untilReady(watched, { log: /second/ }, AbortSignal.timeout(2000))
  appendFileSync(watched.path, 'the sec')
  await sleep(60)
  appendFileSync(watched.path, 'ond\n')
  await later
  await watched.output.close()
})

test('a pattern that never comes ends with the signal', async () => {
  const watched = await app()
  await expect(untilReady(watched, { log: /never/ }, AbortSignal.timeout(100))).rejects.toThrow()
  await watched.output.close()
})

test('an HTTP answer makes an app ready, and so does a port that accepts', async () => {
  const watched = await app()
  let status = 503
  const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await untilReady(watched, { port }, AbortSignal.timeout(2000))
  let ready = false
  const waiting = untilReady(watched, { http: `http://127.0.0.1:${port}/` }, AbortSignal.timeout(5000)).then(
    () => (ready = true),
  )
  await sleep(200)
  expect(ready).toBe(false)
  status = 401
  await waiting
  server.close()
  await watched.output.close()
})

/** Listens and answers, on an address and a port of its choice. */
const serve = (address: string) =>
  `require('http').createServer((_, r) => r.end()).listen(0, '${address}', function () { console.log('port ' + this.address().port) })`

test.for(['127.0.0.1', '0.0.0.0', '::', '::1'])(
  'a port or a page of somebody else at %s makes no app ready, and one of its own descendants does',
  async (address) => {
    const spec = { cwd: '/', env: { PATH: process.env.PATH ?? '' } }
    const folder = mkdtempSync(join(tmpdir(), 'ready-'))
    const hold = async (name: string, command: string[]) =>
      (await holdProcess({ ...spec, command, logFile: join(folder, name) })).release()
    const script = `"${process.execPath}" -e "$0"; echo ended`
    const owner = await hold('owner', ['sh', '-c', script, serve(address)])
    const other = await hold('other', ['sleep', '60'])
    try {
      const line = await owner.output.line(/^port \d+$/, AbortSignal.timeout(20_000))
      const port = Number(line.slice('port '.length))
      const url = `http://${address === '::1' ? '[::1]' : 'localhost'}:${port}/`
      const jvms = () => Promise.resolve([])
      for (const ready of [{ port }, { http: url }]) {
        await expect(untilReady({ ...other, jvms }, ready, AbortSignal.timeout(500))).rejects.toThrow()
        await untilReady({ ...owner, jvms }, ready, AbortSignal.timeout(20_000))
      }
    } finally {
      await owner.stop()
      await other.stop()
    }
  },
)

test('without a condition an app is ready when it is quiet and opens nothing', async () => {
  const watched = await app()
  // A process of its own: this one opens files whenever it looks.
  const printing = `let left = 10
    const noise = setInterval(() => { console.log('starting'); if (--left === 0) clearInterval(noise) }, 100)
    process.stdin.resume()`
  const log = openSync(watched.path, 'a')
  const child = spawn(process.execPath, ['-e', printing], { stdio: ['pipe', log, 'inherit'] })
  closeSync(log)
  const { pid = 0 } = child
  try {
    const begin = performance.now()
    const seen = { ...watched, pid, jvms: () => Promise.resolve([pid]) }
    expect(await untilReady(seen, undefined, AbortSignal.timeout(20_000))).toContain('listening on nothing')
    expect(performance.now() - begin).toBeGreaterThan(2500)
    expect(watched.output.text.match(/starting/g)).toHaveLength(10)
  } finally {
    child.kill()
    await watched.output.close()
  }
}, 30_000)

test('a line of ten megabytes neither hurts nor is kept whole', async () => {
  const watched = await app()
  writeFileSync(watched.path, `${'x'.repeat(10_000_000)}\nREADY\n`)
  await untilReady(watched, { log: /^READY$/ }, AbortSignal.timeout(10_000))
  expect(watched.output.text.length).toBeLessThanOrEqual(1 << 20)
  await watched.output.close()
})
