import { expect, test } from 'vitest'
import type { ClassIndex, ClassOrigin } from '../../harness/blockers/classes/classes.js'
import type { LedgerEntry } from '../../harness/model/report.js'
import { groupLedger } from '../../harness/trace/groups.js'
import { toEntry } from '../blockers/literals.js'
import { ledger, opened } from '../fixtures/reports/ledgers.js'

const from = (origin: Partial<ClassOrigin>): ClassOrigin => ({
  jdk: false,
  module: null,
  jar: null,
  artifact: null,
  sourceFile: null,
  ...origin,
})

/** Where the classes of the literal ledger come from. */
const index: ClassIndex = {
  find: async (name) => {
    if (name.startsWith('java.')) return from({ jdk: true, module: 'java.base' })
    if (name === 'com.acme.Pool') return from({ jar: 'pool-1.2.jar', artifact: 'com.acme:pool:1.2' })
    if (name.startsWith('com.acme.')) return from({ jar: 'classes/' })
    return null
  },
}

const counts = async (entries: LedgerEntry[], by: Parameters<typeof groupLedger>[1]) =>
  (await groupLedger(entries.map(toEntry), by, index)).map((group) => [group.name, group.entries.length])

test('the owner is the artifact, else the jar or folder; without one it is the JDK, or the reason why', async () => {
  expect(await counts(ledger, 'owner')).toEqual([
    ['com.acme:pool:1.2', 2],
    ['(opened before tracing)', 1],
    ['classes/', 1],
    ['the JDK alone', 1],
  ])
})

test('the site is the innermost line of the app’s', async () => {
  expect(await counts(ledger, 'site')).toEqual([
    ['com.acme.Pool.open(Pool.java:42)', 2],
    ['(opened before tracing)', 1],
    ['com.acme.Log.start(Log.java:9)', 1],
    ['java.io.FileInputStream.<init>(FileInputStream.java:157)', 1],
  ])
})

test('a class of no jar is known by its package', async () => {
  const entry = opened(4, '/x', 'java.io.FileInputStream.open0', 'org.made.up.Thing.open:1')
  expect(await counts([entry], 'owner')).toEqual([['org.made.up (of no jar)', 1]])
})

test('a listening socket belongs to who has bound it, and is a kind of its own', async () => {
  const socket: LedgerEntry = {
    ...opened(9, 'tcp 0.0.0.0:80 listening', 'java.net.ServerSocket.<init>:1', 'com.acme.Main.main:1'),
    kind: 'socket',
  }
  const bound = opened(9, '', 'java.net.ServerSocket.bind:1', 'com.acme.Pool.open:2').origin
  expect(await counts([{ ...socket, bound, listened: bound }], 'owner')).toEqual([['com.acme:pool:1.2', 1]])
  expect(await counts([{ ...socket, bound, listened: bound }], 'kind')).toEqual([['listening-socket', 1]])
})

test('equal stacks of a group are kept once, with how many descriptors they made', async () => {
  const [pool] = await groupLedger(ledger.map(toEntry), 'owner', index)
  expect(pool?.stacks).toMatchObject([{ owner: 'com.acme.Pool.open(Pool.java:42)', count: 2 }])
})
