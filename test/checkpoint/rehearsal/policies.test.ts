import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CracVersion } from '../../../harness/checkpoint/engine.js'
import { Policed } from './programs/policy-programs.js'
import { cases, messages, workshopFor, running } from './programs/rehearsed-app.js'
import { sources } from './programs/rehearsal-programs.js'

const workshop = workshopFor({ ...sources, Policed })

const policies = (text: string | Buffer): string => {
  const file = join(workshop.folder, 'policies.yaml')
  writeFileSync(file, text)
  return `-Djdk.crac.resource-policies=${file}`
}

test.each([
  [
    'type: socket\naction: bury',
    'SrvSock',
    [
      /^Unknown policy action bury for Socket\[/,
      /^FileDescriptor \d+: socket: family=AF_INET6 type=SOCK_STREAM/,
    ],
  ],
  [
    'type: file\naction: Bury',
    'FisRel',
    // JDKFileResource asks for every stream, also for the one of the class path's jar (DebugLog shows its turn)
    [
      /^Unknown policy action for path data\.txt: Bury$/,
      /^Unknown policy action for path .*cases\.jar: Bury$/,
      /^FileDescriptor \d+: regular: /,
    ],
  ],
  [
    'type: socket\nfamily: ipx\naction: close',
    'Ssc',
    // JDKSocketResourceBase.afterRestore looks for the policy again: valid is set, error is not (PolSscReopen)
    [/^Unknown family: ipx$/, /^FileDescriptor \d+: socket: /, /^Unknown family: ipx$/],
  ],
  ['type: socket\nlocalPort: 1\naction: close', 'Ssc', [/^sun\.nio\.ch\.ServerSocketChannelImpl\[/]],
  ['type: socket\nlocalport: 1\naction: close', 'Ssc', []],
  ['type: socket\nlistening: false\naction: close', 'Ssc', [/^sun\.nio\.ch\.ServerSocketChannelImpl\[/]],
  ['type: SOCKET\nACTION: close', 'Dgram', [/^FileDescriptor \d+: socket: family=AF_INET6 type=SOCK_DGRAM/]],
  ['type: FILEDESCRIPTOR\nregex: socket: .*SOCK_DGRAM.*\naction: ignore', 'Dgram', []],
  ['type: PIPE\naction: ignore', 'NioPipe', []],
  ['type: pipe\naction: close', 'Proc', []],
  ['type: file\npath: *.txt\naction: ignore\n---\ntype: file', 'FisRel', [/on lines 5-5: no 'action'$/]],
  ['# comment\n\ntype: file\npath: /*\naction: ignore', 'FisRel', [/^data\.txt$/]],
  ['type: file\naction: error', 'CpFile', [/cases\.jar$/]],
  ['type: file\npath: /no/such\naction: error', 'CpFile', []],
])('the policy %j on %s is what CRaC makes of it', async (text, program, expected) => {
  const answer = await running(workshop, `${policies(text)} ${cases} ${program}`, (app) => app.ask())
  expect(messages(answer)).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as unknown))
  expect(answer.outcome).toBe(expected.length === 0 ? 'passed' : 'refused')
})

test('only listening sockets can be reopened in 25, and none in 21', async () => {
  const reopen = policies('type: socket\naction: reopen')
  const listening = await running(workshop, `${reopen} ${cases} Ssc`, (app) => app.ask())
  expect(listening).toMatchObject({
    outcome: 'passed',
    afterRestore: [],
  })
  const connected = await running(workshop, `${reopen} ${cases} Connected`, (app) => app.ask())
  expect(
    messages(connected).filter((message) => message === 'Reopen not implemented on sockets'),
  ).toHaveLength(4)
  expect(messages(connected).filter((message) => message.startsWith('FileDescriptor '))).toHaveLength(2)
  const before = await running(workshop, `${reopen} ${cases} Ssc`, (app) => app.ask(), { as: '21' })
  expect(before).toMatchObject({
    outcome: 'passed',
    afterRestore: [{ message: expect.stringContaining('') as unknown }],
  })
})

const all: CracVersion[] = ['21.0.4', '21', '25']
const socket = /^Socket\[/
const bare = /^FileDescriptor \d+: /
const bad = /: cannot parse line \d+: bad line$/

/** Derived from the public source of the class that the comment names. */
const derived: [string, string, CracVersion[], RegExp[]][] = [
  // SocketImpl: local is Net.localAddress(fd), remote is its address and port, which a listener has, too
  ['type: socket\nfamily: ip\nlocalAddress: 127.0.0.1\naction: close', 'connection', all, []],
  ['type: socket\nremoteAddress: 127.0.0.1\nremotePort: *\naction: close', 'listener', all, []],
  ['type: socket\nremotePort: 0\naction: ignore', 'listener', all, []],
  [
    'type: socket\nremotePort: abc\naction: ignore',
    'listener',
    all,
    [/^For input string: "abc"$/, bare, /^For input string: "abc"$/],
  ],
  ['type: socket\nlocalAddress: 0.0.0.0\naction: close', 'listener on every address', all, [socket]],
  ['type: socket\nfamily: ipv4\naction: close', 'listener on every address', all, [socket]],
  ['type: socket\nlocalAddress: ::\naction: close', 'listener on every address', all, []],
  // ServerSocketChannelImpl: it has no remote address
  [
    'type: socket\nremotePort: *\naction: close',
    'listening channel',
    all,
    [/^sun\.nio\.ch\.ServerSocketChannelImpl/],
  ],

  // JDKFileResource: the policy comes first, whether the stream is open or not; FileChannelImpl looks whether it is
  ['type: file\naction: closed', 'nothing', all, [/^Unknown policy action for path .*cases\.jar: closed$/]],
  ['type: file\npath: [a\naction: ignore', 'nothing', all, [/^Missing '\] near index 1\n/]],
  [
    'type: file\naction: bury\npath: data.txt',
    'closed file',
    all,
    [/^Unknown policy action for path data\.txt: bury$/],
  ],
  ['type: file\naction: bury\npath: data.txt', 'closed channel', all, []],
  [
    'type: file\naction: bury\npath: data.txt',
    'stream and its channel',
    all,
    [/^Unknown policy action for path data\.txt: bury$/, bare],
  ],
  // JDKFileResource keeps the class path that it finds when the first stream is made
  ['# none', 'file, added to the class path later', all, [/^data\.txt$/]],
  ['# none', 'jar, taken from the class path later', all, []],

  // PipeImpl never asks whether it is open
  [
    'type: pipe\naction: close',
    'closed pipe',
    ['21.0.4', '21'],
    [/^Unknown policy action close for Pipe (\d+) -> (?!\1$)\d+$/],
  ],
  [
    'type: pipe\naction: bury',
    'closed pipe',
    all,
    [/^Unknown policy action bury for Pipe (\d+) -> (?!\1$)\d+$/],
  ],
  [
    'type: pipe\naction: ignore',
    'pipe, one end closed',
    ['21.0.4', '21'],
    [/^Unknown policy action ignore for Pipe (\d+) -> (?!\1$)\d+$/],
  ],
  ['type: pipe\naction: error', 'closed pipe', all, []],
  // PipeImpl since August 2026: close and ignore end where they should
  ['type: pipe\naction: close', 'closed pipe', ['25'], []],
  ['type: pipe\naction: ignore', 'pipe, one end closed', ['25'], []],

  // OpenResourcePolicies: who asks for its policy at the restore has the file read again; who is only ignored, and a file, does not ask
  ['type: socket\naction: ignore\n---\nbad line', 'listener', all, [bad, bad]],
  [
    'type: socket\naction: bury\n---\nbad line',
    'listener',
    all,
    [bad, /^Unknown policy action bury/, bare, bad],
  ],
  ['type: socket\naction: ignore\n---\nbad line', 'connection', all, [bad, bad]],
  ['type: file\naction: close\npath: data.txt\n---\nbad line', 'file', all, [bad, bad]],
  ['type: file\naction: close\n---\nbad line', 'nothing', all, [bad, bad]],
  ['type: file\naction: ignore\npath: data.txt\n---\nbad line', 'file', all, [bad]],

  // JDKSocketResourceBase: any letters will do before the checkpoint, only small ones at the restore
  ['type: socket\naction: REOPEN', 'listener', all, []],
  ['type: socket\naction: Reopen', 'listening channel', all, []],

  // the Resource of a channel: it asks while the descriptor is valid, and closing leaves the address as it is
  [
    'type: socket\nlocalAddress: 127.0.0.1\naction: ignore',
    'closed channel that a selector holds',
    ['21.0.4'],
    [/^$/, /eventpoll/, /eventfd/],
  ],
  [
    'type: socket\nlocalAddress: 127.0.0.1\naction: ignore',
    'closed channel that a selector holds',
    ['21'],
    [/^Selector .* has registered keys/, /^EPoll FD/, /^EPoll Event FD/],
  ],
]

test.each(derived)('the policy %j, owner: %s, as %j', async (text, owner, versions, expected) => {
  await running(workshop, `${policies(text)} ${cases} Policed ${owner.replaceAll(' ', '_')}`, async (app) => {
    for (const version of versions) {
      const answer = await app.ask(version)
      expect({ version, said: messages(answer) }).toEqual({
        version,
        said: expected.map((pattern) => expect.stringMatching(pattern) as unknown),
      })
      expect(answer).toMatchObject({
        outcome: expected.length === 0 ? 'passed' : 'refused',
        note: expect.not.stringContaining('afterRestore') as unknown,
      })
    }
  })
})

test('where a CRaC JDK may read the policies in another way, the answer says so', async () => {
  const blank = policies('type: file\npath: data.txt\n\naction: ignore')
  await running(workshop, `${blank} ${cases} Policed file`, async (app) => {
    const old = await app.ask('21.0.4')
    expect(old).toMatchObject({ outcome: 'refused', note: expect.stringContaining('blank line') as unknown })
    expect(
      old.findings.map(({ message, unknowable }) => [message.replace(/.*: (?=cannot)/, ''), unknowable]),
    ).toEqual([
      ['cannot parse line 3:', true],
      ['data.txt', true],
    ])
    expect(await app.ask('21')).toMatchObject({
      outcome: 'passed',
      note: expect.stringContaining('blank line') as unknown,
    })
    expect(await app.ask('25')).toMatchObject({
      outcome: 'passed',
      note: expect.not.stringContaining('blank line') as unknown,
    })
  })
})

test.each([
  ['type: socket\naction: reopen', 'Policed connection', 'a java.net.Socket that a policy reopens'],
  ['type: filedescriptor\naction: ignore', 'Dgram', 'a filedescriptor policy'],
])('what %j does for %s is not on record, and the answer says so', async (text, program, said) => {
  const answer = await running(workshop, `${policies(text)} ${cases} ${program}`, (app) => app.ask())
  expect(answer).toMatchObject({ outcome: 'passed', note: expect.stringContaining(said) as unknown })
})

test('a policies file that is no text is refused with its cause', async () => {
  const answer = await running(workshop, `${policies(Buffer.from([0xff, 0x0a]))} ${cases} Hello`, (app) =>
    app.ask(),
  )
  expect(messages(answer)).toEqual([expect.stringMatching(/^Cannot read file .* used in property jdk\.crac/)])
  expect(answer.output).toContain('Caused by: java.nio.charset.MalformedInputException: Input length = 1')
})
