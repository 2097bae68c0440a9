import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent, cases, messages, openWorkshop, running, type Workshop } from './rehearsed-app.js'
import { sources } from './rehearsal-programs.js'

let workshop: Workshop
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop(sources)
}, 120_000)
afterAll(() => workshop.remove())

const policies = (text: string): string => {
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
    [/^Unknown policy action for path data\.txt: Bury$/, /^FileDescriptor \d+: regular: /],
  ],
  [
    'type: socket\nfamily: ipx\naction: close',
    'Ssc',
    [/^Unknown family: ipx$/, /^FileDescriptor \d+: socket: /],
  ],
  ['type: socket\nlocalPort: 1\naction: close', 'Ssc', [/^sun\.nio\.ch\.ServerSocketChannelImpl\[/]],
  ['type: socket\nlocalport: 1\naction: close', 'Ssc', []],
  ['type: socket\nlistening: false\naction: close', 'Ssc', [/^sun\.nio\.ch\.ServerSocketChannelImpl\[/]],
  ['type: SOCKET\nACTION: close', 'Dgram', [/^FileDescriptor \d+: socket: family=AF_INET6 type=SOCK_DGRAM/]],
  ['type: FILEDESCRIPTOR\nregex: socket: .*SOCK_DGRAM.*\naction: ignore', 'Dgram', []],
  ['type: PIPE\naction: ignore', 'NioPipe', [/^Unknown policy action ignore for Pipe \d+ -> \d+$/]],
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
    note: expect.not.stringContaining('afterRestore') as unknown,
  })
  const connected = await running(workshop, `${reopen} ${cases} Connected`, (app) => app.ask())
  expect(
    messages(connected).filter((message) => message === 'Reopen not implemented on sockets'),
  ).toHaveLength(4)
  expect(messages(connected).filter((message) => message.startsWith('FileDescriptor '))).toHaveLength(2)
  const before = await running(workshop, `${reopen} ${cases} Ssc`, (app) => app.ask(), { as: '21' })
  expect(before).toMatchObject({
    outcome: 'passed',
    note: expect.stringContaining('afterRestore fails') as unknown,
  })
})
