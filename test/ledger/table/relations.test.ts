import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseWatched } from '../../../harness/host/procfs/fds.js'
import { watching } from '../../../harness/ledger/table/epoll.js'
import { linkEntries } from '../../../harness/ledger/table/relations.js'
import type { LiveFile } from '../../../harness/ledger/records.js'
import type { LedgerEntry } from '../../../harness/model/report.js'
import type { Entry } from '../../../harness/model/target.js'
import { entry, origin } from '../../blockers/literals.js'
import { jdk } from '../../support/java.js'
import { judgeKinds, readKinds } from '../kinds.js'

const find = (entries: LedgerEntry[], is: (entry: LedgerEntry) => boolean): LedgerEntry => {
  const found = entries.find(is)
  if (!found) throw new Error(`not among ${entries.map(({ target }) => target).join(', ')}`)
  return found
}
const methods = (entry: LedgerEntry | undefined, of: 'origin' | 'bound' = 'origin'): string[] =>
  entry?.[of]?.java.map(({ method }) => method) ?? []

test('an accepted socket names the listening one that it came from, and who is at its other end', async () => {
  const kinds = ['net_sockets', 'nio_sockets', 'unix', 'async_sockets']
  const { entries, evidence } = await readKinds(jdk, 'auto', { kinds })
  expect(evidence.note ?? '').not.toMatch(/not fully known/)
  const accepted = entries.filter(({ origin }) => /^accept4?$/.test(origin?.syscall ?? ''))
  expect(accepted).toHaveLength(4)
  for (const each of accepted) {
    const listener = entries.find(({ fd }) => fd === each.listener)
    expect(listener?.target).toBe(`${each.target} listening`)
    // Each kind has a listener of its own, so the method tells whether it is the right one.
    const own = methods(each).find((method) => method.startsWith('open_'))
    expect(methods(listener)).toContain(own)
    expect(methods(listener, 'bound')).toContain(own)
    // Both ends are the app's, and the other one names this one.
    const [holder] = each.peerHolders
    expect(holder).toMatchObject({ own: true, name: 'java' })
    const other = entries.find(({ fd }) => fd === holder?.fd)
    expect(other?.peerHolders.map(({ fd }) => fd)).toEqual([each.fd])
    expect(methods(other)).toContain(own)
  }
  const [unix] = accepted.filter(({ target }) => target.startsWith('unix'))
  const client = find(entries, ({ fd }) => fd === unix?.peerHolders[0]?.fd)
  expect(client.peer).toBe(unix?.target.replace(/^unix /, ''))
  expect(entries.filter(({ listener }) => listener !== null)).toEqual(accepted)
})

test('a client names the process that serves it, whether over a unix socket or over TCP', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'links-')), 'a daemon.sock')
  const unix = createServer().listen(path)
  const tcp = createServer().listen(0, '127.0.0.1')
  await Promise.all([once(unix, 'listening'), once(tcp, 'listening')])
  const { port } = tcp.address() as AddressInfo
  try {
    const reading = await readKinds(jdk, 'auto', {
      kinds: ['unix_client', 'tcp_client'],
      jvmOptions: [`-Ddaemon=${path}`, `-Ddaemon.port=${port}`],
    })
    const [overUnix, overTcp] = judgeKinds(reading).expected.filter(({ entry }) => entry.kind === 'socket')
    expect(overUnix).toMatchObject({ kind: 'unix_client', entry: { target: 'unix unnamed', peer: path } })
    expect(overTcp).toMatchObject({ kind: 'tcp_client', entry: { peer: `127.0.0.1:${port}` } })
    for (const each of [overUnix, overTcp])
      expect(each?.entry.peerHolders).toMatchObject([{ pid: process.pid, own: false }])
  } finally {
    unix.close()
    tcp.close()
  }
})

test('a selector names the channels that are still registered, and so who created and bound them', async () => {
  const { entries } = await readKinds(jdk, 'auto', { kinds: ['selector', 'pipe'] })
  const epoll = find(entries, ({ kind }) => kind === 'eventpoll')
  const watched = entries.filter(({ fd }) => epoll.watches.includes(fd))
  // Its own wake-up descriptor is one of them; the pipe, which nobody has registered, is not.
  expect(watched.map(({ kind }) => kind).sort()).toEqual(['eventfd', 'socket'])
  const listener = find(watched, ({ kind }) => kind === 'socket')
  expect(listener.target).toMatch(/^tcp \[::\]:\d+ listening$|^tcp 0\.0\.0\.0:\d+ listening$/)
  expect(methods(listener)).toContain('open_selector')
  expect(methods(listener, 'bound')).toContain('open_selector')
})

const live = (fd: number, inode: number, link = `socket:[${inode}]`): LiveFile => ({
  fd,
  inode,
  link,
  file: `f${fd}`,
  device: 8,
  mode: 0o140777,
  inherited: false,
})

test('a number that leads elsewhere by now is not what an epoll set watches', () => {
  const watched = parseWatched(
    'pos:\t0\nflags:\t02\ntfd:       33 events:       19 data:  0  pos:0 ino:2a sdev:8\n' +
      'tfd:        7 events:       1d data:  0  pos:0 ino:3b sdev:e\n',
  )
  expect(watched).toEqual([
    { fd: 33, inode: 42 },
    { fd: 7, inode: 59 },
  ])
  const eventfd = 'anon_inode:[eventfd]'
  expect(watching([live(33, 42), live(7, 59, eventfd)])(watched)).toEqual([7, 33])
  // The socket has got another number, its old one is a file's; of anonymous inodes nobody can tell.
  expect(watching([live(33, 1), live(40, 42), live(8, 59, eventfd)])(watched)).toEqual([40])
})

test('of two sockets that listen on one address nobody knows which one accepted', () => {
  const accepted = entry(9, 'socket', 'tcp 10.0.0.1:80', [], { origin: origin([], { syscall: 'accept4' }) })
  const listening = (fd: number) => entry(fd, 'socket', 'tcp [::]:80 listening')
  const listenerOf = (entries: Entry[], table: LiveFile[]) =>
    linkEntries(entries, table, new Map()).find(({ fd }) => fd === 9)?.listener
  expect(listenerOf([listening(4), accepted], [live(4, 1), live(9, 3)])).toBe(4)
  expect(listenerOf([listening(4), listening(5), accepted], [live(4, 1), live(5, 2), live(9, 3)])).toBe(null)
  // Two numbers of one socket are one listener.
  expect(listenerOf([listening(4), listening(5), accepted], [live(4, 1), live(5, 1), live(9, 3)])).toBe(4)
  const client = { ...accepted, origin: origin([], { syscall: 'socket' }) }
  expect(listenerOf([listening(4), client], [live(4, 1), live(9, 3)])).toBe(null)
})
