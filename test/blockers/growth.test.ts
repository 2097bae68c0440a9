import { expect, test } from 'vitest'
import { toBlockers } from '../../harness/blockers/blockers.js'
import { addRegistered } from '../../harness/blockers/selector-keys.js'
import { linkEntries } from '../../harness/ledger/table/relations.js'
import type { Finding } from '../../harness/model/finding.js'
import type { Entry } from '../../harness/model/target.js'
import { expectLinear } from '../support/growth.js'
import { entry, file, finding, index, native, resource, socket } from './literals.js'

const LONG = { timeout: 120_000 }
const count = <T>(size: number, make: (i: number) => T): T[] =>
  Array.from({ length: size }, (_, i) => make(i))
const ORDERS = ['java.io.FileInputStream.<init>:1', 'com.acme.Orders.open:7', 'com.acme.Orders.main:3']
const here = (i: number) => ['java.io.FileInputStream.<init>:1', `com.acme.Orders${i}.open:7`]
const CHANNEL = 'sun.nio.ch.SocketChannelImpl'

/** What an app can have ten thousand of: by one line or by as many, with numbers, paths, addresses or neither. */
const kinds: Record<string, (i: number) => { finding: Finding; entry: Entry }> = {
  'files of one line': (i) => ({
    finding: file(`/srv/orders/${i}`),
    entry: entry(i, 'file', `/srv/orders/${i}`, ORDERS),
  }),
  'files of as many lines': (i) => ({
    finding: file(`/srv/orders/${i}`),
    entry: entry(i, 'file', `/srv/orders/${i}`, here(i)),
  }),
  'numbers on one file, from nowhere': (i) => ({
    finding: native(i, 'regular', '/srv/orders'),
    entry: entry(i, 'file', '/srv/orders'),
  }),
  'findings of one path': (i) => ({
    finding: file('data.txt'),
    entry: entry(i, 'file', '/srv/data.txt', here(i)),
  }),
  connections: (i) => ({
    finding: socket(`${CHANNEL}[connected local=/127.0.0.1:${i + 1} remote=db/10.0.0.1:5432]`),
    entry: entry(i, 'socket', `tcp 127.0.0.1:${i + 1}`, here(i), { peer: '10.0.0.1:5432' }),
  }),
  'sockets without an address': (i) => ({
    finding: socket(`${CHANNEL}[closed]@${i}`),
    entry: entry(i, 'socket', 'socket, neither bound nor connected', [`${CHANNEL}.<init>:1`, ...here(i)]),
  }),
  pipes: (i) => ({
    finding: resource(`sun.nio.ch.PipeImpl$1@${i}`),
    entry: entry(i, 'pipe', `pipe:[${i}]`, ['sun.nio.ch.PipeImpl.<init>:1', ...here(i)]),
  }),
  'exceptions of resources': (i) => ({
    finding: finding('IllegalStateException', `no ${i}`),
    entry: entry(i, 'file', `/srv/${i}`),
  }),
}

test.for(Object.keys(kinds))('%s are joined and grouped in time with their number', LONG, async (kind) => {
  const make = kinds[kind]!
  await expectLinear(
    (size) => {
      const all = count(size, make)
      const input = { findings: all.map((one) => one.finding), ledger: all.map((one) => one.entry) }
      return async () => {
        const blockers = await toBlockers({ ...input, index, cracVersion: '25' })
        expect(blockers.length).toBeGreaterThan(0)
        addRegistered(input.ledger, blockers)
      }
    },
    [200, 400, 800],
  )
})

test('twice as many findings as there are descriptors of one kind', LONG, async () => {
  await expectLinear(
    (size) => {
      const findings = count(size, () => file('data.txt'))
      const ledger = count(2 * size, (i) => entry(i, 'file', '/srv/data.txt', ORDERS))
      return () => toBlockers({ findings, ledger, index, cracVersion: '25' })
    },
    [200, 400, 800],
  )
})

test(
  'many epoll sets and many listeners of one address are linked in time with their number',
  LONG,
  async () => {
    await expectLinear(
      (size) => {
        const entries = count(size, (i) => entry(i, 'socket', 'tcp 0.0.0.0:80 listening'))
        const live = count(size, (fd) => ({ fd, inode: fd, link: `socket:[${fd}]` }))
        const watches = new Map(live.map(({ fd, inode }) => [fd, [{ fd, inode }]]))
        return () => linkEntries(entries, live as Parameters<typeof linkEntries>[1], watches)
      },
      [1000, 2000, 4000],
    )
  },
)
