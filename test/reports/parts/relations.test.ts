import { expect, test } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import { answerOf } from '../../../harness/model/answer.js'
import type { Blocker, Descriptor, Report } from '../../../harness/model/report.js'
import { blockerText } from '../../../reports/parts/blocker-text.js'
import { toHtml } from '../../../reports/html/html.js'
import { relationsOf } from '../../../reports/parts/relations.js'
import { descriptorSentence } from '../../../reports/parts/sentences.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'
import { noOrigins, plain } from '../../fixtures/reports/plain.js'
import { compileJava, fixture, jdks } from '../../support/java.js'

const cases = jdks.flatMap(({ java, feature }) => [
  { java, feature, what: 'still registered', args: [] as string[] },
  { java, feature, what: 'registered, but not selected yet', args: ['lazy'] },
])

test.for(cases)(
  'a busy selector of JDK $feature names who created and who bound the channel that is $what',
  { timeout: 60_000 },
  async ({ java, args }) => {
    const classes = compileJava('registered', [fixture('java/17/Registered.java')], 17)
    const report = await preflight({
      command: [java, '-cp', classes, 'Registered', ...args],
      ready: { log: /READY/ },
    })
    const blocker = report.blockers.find(({ kind }) => kind === 'selector')
    expect(blocker?.owner?.frame).toMatch(/^Registered\$Loop\.begin\(/)
    if (!blocker) throw new Error('no selector blocks')
    const channel = report.descriptors.find(({ target }) => target.endsWith(' listening'))
    const said = `${channel?.fd} ${channel?.target}, created at Registered$Opener.open(Registered.java:9), bound at Registered$Binder.bind(Registered.java:12)`
    expect(relationsOf(report, blocker)).toEqual([{ label: 'watches', text: said }])
    expect(renderTerminal(answerOf(report), { color: false, width: 200 })).toContain(`  watches    ${said}\n`)
    expect(blockerText(report, blocker)).toContain(`Watches descriptor ${said}`)
    expect(toHtml([answerOf(report)])).toContain(`Watches descriptor ${said}`)
  },
)

const descriptor = (more: Partial<Descriptor> & { fd: number }): Descriptor => ({
  ...noOrigins,
  kind: 'socket',
  target: 'tcp 127.0.0.1:80',
  verdict: 'blocked',
  rule: null,
  ...more,
})

test('what nobody knows the maker of is said to be so, and what a blocker holds itself is not told again', () => {
  const report: Report = {
    ...plain,
    descriptors: [
      descriptor({ fd: 4, kind: 'eventpoll', target: 'anon_inode:[eventpoll]', watches: [5, 6, 99] }),
      descriptor({ fd: 5, kind: 'eventfd', target: 'anon_inode:[eventfd]' }),
      descriptor({ fd: 6, missing: 'no record: lost' }),
      descriptor({ fd: 7, listener: 6 }),
    ],
  }
  const blocker: Omit<Blocker, 'descriptors'> = {
    id: 'selector:x',
    kind: 'selector',
    summary: 'selector',
    findings: [],
    owner: null,
    remedy: { text: 'Close it.', policy: null },
  }
  expect(relationsOf(report, { ...blocker, descriptors: [4, 5] })).toEqual([
    { label: 'watches', text: '6 tcp 127.0.0.1:80, maker not known (no record: lost)' },
  ])
  expect(relationsOf(report, { ...blocker, descriptors: [7] })).toEqual([
    { label: 'listener', text: '6 tcp 127.0.0.1:80, maker not known (no record: lost)' },
  ])
})

test('a descriptor is told with who holds its other end, and no name of a process can move the cursor', () => {
  const held = (more: Partial<Descriptor>) =>
    descriptorSentence(descriptor({ fd: 3, target: 'unix unnamed', ...more }))
  const nscd = { pid: 7, name: 'nscd', fd: 9, own: false, end: null }
  expect(held({})).toBe('3 unix unnamed')
  expect(held({ peer: '/run/x' })).toBe('3 unix unnamed, peer /run/x')
  expect(held({ peer: '/run/x', peerHolders: [nscd, nscd] })).toBe(
    '3 unix unnamed, peer /run/x held by nscd (pid 7)',
  )
  expect(held({ peerHolders: [{ ...nscd, own: true }] })).toBe(
    '3 unix unnamed, peer held by the app itself as 9',
  )
  const pipe = (peerHolders: Descriptor['peerHolders']) =>
    held({ kind: 'pipe', target: 'pipe:[7]', peerHolders })
  expect(pipe([{ ...nscd, end: 'read' }])).toBe('3 pipe:[7], peer held by nscd (pid 7, read end)')
  expect(pipe([{ ...nscd, own: true, end: 'write' }])).toBe(
    '3 pipe:[7], peer held by the app itself as 9 (write end)',
  )
  expect(pipe([1, 2, 3, 4, 5].map((pid) => ({ ...nscd, pid, end: 'both' })))).toBe(
    '3 pipe:[7], peer held by nscd (pid 1, both ends), nscd (pid 2, both ends), nscd (pid 3, both ends) and 2 more',
  )
  const evil = { ...nscd, name: '\u001b[2K\n<b>' }
  const report: Report = {
    ...plain,
    verdict: 'blocked',
    descriptors: [descriptor({ fd: 3, peerHolders: [evil] })],
    blockers: [
      {
        id: 'socket:x',
        kind: 'socket',
        summary: 'socket',
        findings: [],
        descriptors: [3],
        owner: null,
        remedy: { text: 'Close it.', policy: null },
      },
    ],
  }
  expect(renderTerminal(answerOf(report), { color: false, width: 100 })).not.toContain('\u001b')
  expect(toHtml([answerOf(report)])).not.toContain('<b>')
})
