import { toFinding } from '../../harness/checkpoint/output/exceptions/messages.js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { explain, explainTexts, type Explanation } from '../../harness/explain/explain.js'
import { packageRoot } from '../../harness/host/package-root.js'
import type { ExplainedText } from '../../harness/model/answer.js'
import { renderText } from '../../reports/explain/text.js'
import { displayWidth } from '../../reports/parts/terminal-text.js'

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'output', name), 'utf8')
const plain = { color: false, width: 80 }

async function explained(text: string, file = 'orders.log'): Promise<Explanation> {
  const [explanation] = await explain([{ name: file, text }])
  if (explanation === undefined) throw new Error('nothing explained')
  return explanation
}

async function toText(text: string): Promise<ExplainedText> {
  const [explained] = await explainTexts([{ name: 'orders.log', text }])
  if (explained === undefined) throw new Error('nothing explained')
  return explained.text
}

const rendered = async (text: string) => renderText(await toText(text), plain)

test('an explanation is the object that the design fixes', async () => {
  expect(await explained(fixture('refused.txt'))).toEqual({
    file: 'orders.log',
    outcome: 'checkpoint-failed',
    top: 'jdk.internal.crac.mirror.CheckpointException',
    findings: [
      {
        type: 'IllegalStateException',
        message: 'the cache is busy',
        fd: null,
        resource: 'other',
        address: null,
        creationStack: false,
        topCreationFrame: null,
      },
      {
        type: 'CheckpointOpenFileException',
        message: 'a file.txt',
        fd: null,
        resource: 'file',
        address: null,
        creationStack: true,
        topCreationFrame: 'com.acme.Store.load(Store.java:17)',
      },
      {
        type: 'CheckpointOpenSocketException',
        message:
          'java.nio.channels.SocketChannel[connected local=/10.0.0.4:50404 remote=db.acme.example/10.0.0.9:5432]',
        fd: null,
        resource: 'socket',
        address: { local: '/10.0.0.4:50404', remote: 'db.acme.example/10.0.0.9:5432' },
        creationStack: false,
        topCreationFrame: null,
      },
      {
        type: 'CheckpointOpenSocketException',
        message: 'FD fd=7 type=socket path=socket:[7504404],port=29295',
        fd: 7,
        resource: 'socket',
        address: null,
        creationStack: false,
        topCreationFrame: null,
      },
    ],
  })
})

test('every input is explained by itself, in its order, whole or in pieces', async () => {
  async function* pieces(): AsyncIterable<string> {
    const text = fixture('not-restored.txt')
    for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7)
  }
  const read = await explain([
    { name: 'a', text: fixture('passed.txt') },
    { name: '-', text: pieces() },
    { name: 'c', text: '' },
  ])
  expect(read.map(({ file, outcome }) => [file, outcome])).toEqual([
    ['a', 'checkpoint-ok'],
    ['-', 'restore-failed'],
    ['c', null],
  ])
})

test('people are told what failed, whose it is, what to do, and how to know the rest', async () => {
  const text = await rendered(fixture('refused.txt'))
  expect(text).toMatch(
    /^orders\.log: the checkpoint failed \(jdk\.internal\.crac\.mirror\.CheckpointException\)\n/,
  )
  expect(text).toContain('IllegalStateException: the cache is busy')
  expect(text).toContain('opened   by com.acme.Store.load(Store.java:17)')
  expect(text).toContain('3. socket to db.acme.example:5432\n')
  expect(text).toContain('no policy helps')
  expect(text.replace(/\s+/g, ' ')).toContain('for a unix socket the number means nothing')
  expect(text.replace(/\s+/g, ' ')).toContain(
    'Who opened numbers 3, 4, this text does not say. `crac-preflight check',
  )
})

test('what is fully known leaves nothing to be known', async () => {
  expect(await rendered(fixture('passed.txt'))).toBe('orders.log: the checkpoint succeeded\n')
  const known = `jdk.crac.CheckpointException
\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: a.txt
\tCaused by: java.lang.Exception: This file descriptor was created by main at epoch:1 here
\t\tat com.acme.Main.main(Main.java:3)
`
  expect(await rendered(known)).not.toContain('does not say')
})

test('a line separator in a message makes no finding vanish', async () => {
  const text = (path: string) => `jdk.crac.CheckpointException
\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: FD fd=7 type=regular path=${path}
\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: ${path}
`
  for (const evil of ['/tmp/a\u2028b', '/tmp/\u2029c', '/tmp/a\u0085b\u202e\u200bc']) {
    const { findings } = await explained(text(evil))
    expect(findings.map(({ fd, resource }) => [fd, resource])).toEqual([
      [7, 'file'],
      [null, 'file'],
    ])
    expect(findings.every(({ message }) => message.endsWith(evil))).toBe(true)
  }
})

test('a selector and its natively found descriptors are one matter', async () => {
  const text = await rendered(`jdk.crac.CheckpointException
\tSuppressed: java.nio.channels.IllegalSelectorException
\tSuppressed: jdk.crac.impl.CheckpointOpenResourceException: FD fd=9 type=unknown path=anon_inode:[eventpoll]
\tSuppressed: jdk.crac.impl.CheckpointOpenResourceException: FD fd=10 type=unknown path=anon_inode:[eventfd]
`)
  expect(text).toContain('1. selector')
  expect(text).not.toContain('2. ')
})

test.each([
  ["Error (criu/cr-restore.c:1506): Can't fork for 9: File exists", 'process ids'],
  ["Error (criu/cr-restore.c:1506): Can't fork for 9: Operation not permitted", 'SYS_PTRACE'],
  ['missing features of this CPU are 0x1', '-XX:CPUFeatures'],
  ["VM option 'X' is not restore-settable and is not available on restore", 'Leave this option off'],
  ['cannot find CRIU to use', 'install one'],
  [
    'OpenJDK 64-Bit Server VM warning: Could not find /opt/jdk/lib/x: No such file or directory',
    'JVM did not start',
  ],
  ['JVM: invalid info for restore provided: queued code -1', 'dump4.log'],
  ['4711:\njava.lang.IllegalArgumentException: Unknown diagnostic command', 'no CRaC JDK'],
  [
    'java.lang.UnsupportedOperationException\n\tat org.crac.Core$Compat.checkpointRestore(Core.java:141)',
    'no CRaC JDK',
  ],
  ['(restored JVM running for -1 ms)', 'holds no reason'],
  ['nothing', 'says nothing about a checkpoint or a restore'],
])('the advice is about what the text says: %s', async (line, advice) => {
  expect((await rendered(`${line}\n`)).replace(/\s+/g, ' ')).toContain(advice)
})

test('no line is wider than the terminal, and colour adds only colour', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 40, max: 200 }), async (width) => {
      const explained = await toText(fixture('refused.txt'))
      const text = renderText(explained, { color: false, width })
      // Policies are to be copied, and so not broken.
      const lines = text.split('\n').filter((line) => !/^ {12}\S+: /.test(line))
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width)
      const coloured = renderText(explained, { color: true, width })
      expect(coloured).toContain('\u001b[')
      expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(text)
    }),
  )
})

test('nothing in a text or a file name reaches the terminal as a command', async () => {
  const evil = `\u001b]0;owned\u0007\u001b[2J\u202e::error::x`
  const finding = {
    message: `${evil}\n::error::z`,
    fd: null,
    resource: 'file' as const,
    address: { local: evil, remote: evil },
    creationStack: [],
    thrownAt: [],
    unknowable: false,
  }
  const answer: ExplainedText['answers'][number] = {
    command: 'explain',
    name: `${evil}\n::error::y`,
    part: null,
    verdict: 'blocked',
    headline: evil,
    assumed: null,
    note: null,
    top: evil,
    known: null,
    blockers: [
      {
        id: evil,
        kind: 'file',
        summary: evil,
        findings: ['CheckpointOpenFileException', evil, null].map((type) => ({
          ...toFinding(type, evil),
          ...finding,
          type,
        })),
        descriptors: [],
        owner: { frame: `${evil}.main(A.java:1)`, artifact: null, jar: null },
        remedy: { text: evil, policy: evil },
      },
    ],
    unsorted: 0,
    descriptors: [],
    libraries: [],
    closed: null,
    groups: [],
    evidence: null,
    run: null,
  }
  const text = renderText({ name: evil, headline: evil, answers: [answer] }, plain)
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(text).not.toMatch(/^\s*::/m)
})

test(
  'a text that repeats its failure for days is still told in one screen',
  { timeout: 30_000 },
  async () => {
    const text = await rendered((fixture('refused.txt') + fixture('engine-failed.txt')).repeat(2000))
    expect(text.split('\n').length).toBeLessThan(120)
    expect(text).toContain('further findings')
  },
)
