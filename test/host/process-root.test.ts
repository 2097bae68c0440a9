import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localHost as host } from '../../harness/host/local-host.js'
import { inItsRoot } from '../../harness/host/process-root.js'
import { chroot, startIn } from '../support/chrooted.js'
import { needing } from '../support/capability.js'

/** A folder of the machine's that the app must not lead to, and the app's own root. */
let outside: string
let root: string
/** The app's root as the harness reaches it. */
let app: string
let child: Awaited<ReturnType<typeof startIn>> | undefined

beforeAll(async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'process-root-')))
  outside = join(folder, 'outside')
  root = join(folder, 'root')
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret'), 'of the host')
  mkdirSync(join(root, 'own'), { recursive: true })
  writeFileSync(join(root, 'own/file'), 'of the app')
  if (chroot.refusal !== null) return
  child = await startIn(root)
  app = `/proc/${child.pid}/root`
})

afterAll(() => {
  child?.kill('SIGKILL')
  rmSync(join(root, '..'), { recursive: true, force: true })
})

const link = (name: string, target: string) => symlinkSync(target, join(root, name))

needing(chroot)('an absolute link leads where it leads the app, and not to the host', async () => {
  link('out', outside)
  await expect(host.readText(`${app}/out/secret`)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(host.stat(`${app}/out`)).rejects.toMatchObject({ code: 'ENOENT' })
  link('secret', join(outside, 'secret'))
  await expect(host.read(`${app}/secret`, 0, 3)).rejects.toMatchObject({ code: 'ENOENT' })
  link('absolute', '/own')
  link('chain', 'own/../absolute/./file')
  expect(await host.readText(`${app}/absolute/file`)).toBe('of the app')
  expect(await host.readText(`${app}/chain`)).toBe('of the app')
  expect(await host.readdir(`${app}/absolute`)).toEqual(['file'])
  expect((await host.stat(`${app}/chain`)).size).toBe('of the app'.length)
  expect(await host.readlink(`${app}/absolute`)).toBe('/own')
})

needing(chroot)('two dots do not lead above the root of the app', async () => {
  const up = '../'.repeat(20)
  link('up', `${up}${outside.slice(1)}/secret`)
  await expect(host.readText(`${app}/up`)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(host.readText(`${app}/${up}${outside.slice(1)}/secret`)).rejects.toMatchObject({
    code: 'ENOENT',
  })
  link('own/up', `${up}own/file`)
  expect(await host.readText(`${app}/own/up`)).toBe('of the app')
  rmSync(join(root, 'own/up'))
})

needing(chroot)('links without an end are given up after as many as the kernel follows', async () => {
  link('round', '/round')
  await expect(host.readText(`${app}/round`)).rejects.toMatchObject({ code: 'ELOOP' })
  link('link0', 'own/file')
  for (let i = 1; i <= 40; i++) link(`link${i}`, `link${i - 1}`)
  expect(await host.readText(`${app}/link39`)).toBe('of the app')
  await expect(host.readText(`${app}/link40`)).rejects.toMatchObject({ code: 'ELOOP' })
})

needing(chroot)('what is made, removed or connected to is the app’s', async () => {
  link('elsewhere', outside)
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  await expect(host.create(`${app}/elsewhere/made`, owner)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(host.unlink(`${app}/elsewhere/secret`)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(readdirSync(outside)).toEqual(['secret'])
  await host.create(`${app}/absolute/made`, owner)
  expect(readFileSync(join(root, 'own/made'), 'utf8')).toBe('')
  link('own/dangling', join(outside, 'made'))
  await expect(host.create(`${app}/own/dangling`, owner)).rejects.toMatchObject({ code: 'EEXIST' })
  await host.unlink(`${app}/absolute/dangling`)
  await host.unlink(`${app}/absolute/made`)
  expect(readdirSync(join(root, 'own'))).toEqual(['file'])
  expect(readdirSync(outside)).toEqual(['secret'])
})

needing(chroot)('a socket behind an absolute link is the app’s', async () => {
  for (const [folder, word] of [
    [outside, 'host'],
    [join(root, 'own'), 'app'],
  ] as const) {
    const server = createServer((connection) => connection.end(word)).listen(join(folder, 'socket'))
    server.unref()
    await once(server, 'listening')
    chmodSync(join(folder, 'socket'), 0o600)
  }
  const listener = { pid: process.pid, uid: process.getuid?.() ?? 0 }
  link('own/theirs', join(outside, 'socket'))
  const refused = host.connect(`${app}/own/theirs`, listener)
  expect(await once(refused, 'error')).toMatchObject([{ code: 'EIO' }])
  const connection = host.connect(`${app}/absolute/socket`, listener)
  // Before it is connected.
  connection.write('hello')
  expect(String(await once(connection, 'data'))).toBe('app')
})

needing(chroot)('a folder that is exchanged for a link meanwhile leads nowhere else', async () => {
  mkdirSync(join(root, 'changing'))
  await inItsRoot(`${app}/changing/made`, 'keep', async (path) => {
    renameSync(join(root, 'changing'), join(root, 'changed'))
    link('changing', outside)
    writeFileSync(path, '')
  })
  expect(readdirSync(join(root, 'changed'))).toEqual(['made'])
  expect(existsSync(join(outside, 'made'))).toBe(false)
})

needing(chroot)('an error names the path that was asked for', async () => {
  await expect(host.readText(`${app}/own/nothing`)).rejects.toThrow(`'${app}/own/nothing'`)
})

test('paths of a process with our own root, and all others, stay as they are', async () => {
  for (const path of [`/proc/${process.pid}/root/tmp/x`, '/proc/self/root/x', '/proc/1/status', '/tmp/x'])
    expect(await inItsRoot(path, 'follow', (given) => Promise.resolve(given))).toBe(path)
})
