/** The sidecar's error paths, spoken to as the harness does: what it can't do it says, and it keeps nothing of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { probesFolder } from '../../harness/host/package-root.js'
import { makeProbe } from '../support/probes.js'
import { compile, scratchFolder } from './programs.js'

const scratch = scratchFolder()
afterAll(scratch.remove)

interface Answer {
  kind: string
  text: string
}

/** Starts a sidecar that may have so many descriptors, and asks it one request after the other. */
function start(
  descriptors: number,
  binary = join(probesFolder, 'sidecar'),
  env: Record<string, string> = {},
) {
  const child = spawn('sh', ['-c', `ulimit -n ${descriptors}; exec "$0"`, binary], {
    env: { PATH: process.env.PATH, ...env },
    cwd: scratch.path,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let arrived = Buffer.alloc(0)
  let answered = (): void => undefined
  child.stdout.on('data', (chunk: Buffer) => {
    arrived = Buffer.concat([arrived, chunk])
    answered()
  })
  const take = (): Answer | null => {
    if (arrived.length < 9 || arrived.length < 9 + arrived.readUInt32LE(0)) return null
    const end = 9 + arrived.readUInt32LE(0)
    const answer = { kind: String.fromCharCode(arrived.readUInt8(8)), text: arrived.toString('utf8', 9, end) }
    arrived = arrived.subarray(end)
    return answer
  }
  const next = () =>
    new Promise<Answer>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the sidecar ended with ${code}`)))
      answered = () => {
        const answer = take()
        if (answer !== null) resolve(answer)
      }
      answered()
    })
  let id = 0
  return {
    next,
    ask(...words: string[]): Promise<Answer> {
      const payload = Buffer.from(words.map((word) => `${word}\0`).join(''))
      const header = Buffer.alloc(9)
      header.writeUInt32LE(payload.length, 0)
      header.writeUInt32LE(++id, 4)
      header.write('?', 8)
      child.stdin.write(Buffer.concat([header, payload]))
      return next()
    },
    async end() {
      const exit = once(child, 'exit')
      child.stdin.end()
      await exit
    },
  }
}

const names = ({ kind, text }: Answer) => {
  expect(kind).toBe('=')
  return text.split('\0').filter(Boolean)
}

test('a program that can’t be run for want of descriptors leaves none behind', async () => {
  const sidecar = start(8)
  const before = names(await sidecar.ask('list', '/proc/self/fd'))
  expect(await sidecar.ask('run', 'fdtrace')).toEqual({ kind: '!', text: 'EMFILE' })
  expect(names(await sidecar.ask('list', '/proc/self/fd'))).toEqual(before)
  await sidecar.end()
})

test('a connection that can’t be made for want of descriptors says so', async () => {
  const listener = createServer().listen(join(scratch.path, 'listener'))
  await once(listener, 'listening')
  // The sidecar connects to sockets of their owner alone.
  chmodSync(join(scratch.path, 'listener'), 0o600)
  const sidecar = start(4)
  const words = ['/proc/self/cwd/listener', `${process.pid}`, `${process.getuid?.()}`]
  expect(await sidecar.ask('connect', ...words)).toEqual({ kind: '!', text: 'EMFILE' })
  await sidecar.end()
  listener.close()
})

test('a port is dialled by numbers alone, and what can’t be reached says why and leaves nothing', async () => {
  const greeter = createServer((client) => client.end('hello')).listen(0, '127.0.0.1')
  await once(greeter, 'listening')
  const { port } = greeter.address() as AddressInfo
  const sidecar = start(64)
  const before = names(await sidecar.ask('list', '/proc/self/fd'))
  for (const words of [
    ['localhost', '80'],
    ['127.0.0.1', '0'],
    ['127.0.0.1', '65536'],
    ['::1%lo', '80'],
    ['', ''],
  ])
    expect(await sidecar.ask('dial', ...words)).toEqual({ kind: '!', text: 'EINVAL' })
  expect(await sidecar.ask('dial', '127.0.0.1', '1')).toEqual({ kind: '!', text: 'ECONNREFUSED' })
  expect(names(await sidecar.ask('list', '/proc/self/fd'))).toEqual(before)
  expect(await sidecar.ask('dial', '127.0.0.1', `${port}`)).toEqual({ kind: '=', text: '' })
  expect(await sidecar.next()).toEqual({ kind: '1', text: 'hello' })
  expect(await sidecar.next()).toEqual({ kind: '.', text: '0' })
  expect(names(await sidecar.ask('list', '/proc/self/fd'))).toEqual(before)
  await sidecar.end()
  greeter.close()
})

test('a folder of very many names is listed whole', async () => {
  const folder = join(scratch.path, 'many')
  mkdirSync(folder)
  // Longer together than one answer was before: a megabyte.
  const made = Array.from({ length: 5000 }, (_, i) => `${i}-`.padEnd(250, 'x'))
  for (const name of made) writeFileSync(join(folder, name), '')
  const sidecar = start(64)
  const listed = names(await sidecar.ask('list', `/proc/${process.pid}/root${folder}`))
  expect(listed.sort()).toEqual(made.sort())
  await sidecar.end()
})

test('a folder that can’t be listed for want of memory leaves no descriptor behind', async () => {
  const shim = compile('no-listing', scratch.path, ['-shared', '-fPIC'])
  const sidecar = start(64, makeProbe('sidecar', 'SAN=undefined'), { LD_PRELOAD: shim })
  // The folder of the link itself is 3.
  const held = () => sidecar.ask('link', '/proc/self/fd/4')
  expect(await held()).toEqual({ kind: '!', text: 'ENOENT' })
  expect(await sidecar.ask('list', '/proc/self/fd')).toEqual({ kind: '!', text: 'ENOMEM' })
  expect(await held()).toEqual({ kind: '!', text: 'ENOENT' })
  await sidecar.end()
})

test('what is no number is no process, even where it begins with one', async () => {
  const victim = spawn('sleep', ['60'])
  const ended = once(victim, 'exit')
  const sidecar = start(64)
  for (const word of [`${victim.pid}x`, `${victim.pid} `, '', '99999999999999999999'])
    expect(await sidecar.ask('kill', word, '9')).toEqual({ kind: '!', text: 'EINVAL' })
  expect(await sidecar.ask('kill', `${victim.pid}`, '9 ')).toEqual({ kind: '!', text: 'EINVAL' })
  expect(await sidecar.ask('adopt', `${victim.pid}x`, '/proc/self')).toEqual({ kind: '!', text: 'EINVAL' })
  expect(await sidecar.ask('forget', '@0x')).toEqual({ kind: '!', text: 'EINVAL' })
  expect(victim.exitCode ?? victim.signalCode).toBe(null)
  expect((await sidecar.ask('kill', `${victim.pid}`, '15')).kind).toBe('=')
  expect(await ended).toEqual([null, 'SIGTERM'])
  await sidecar.end()
})
