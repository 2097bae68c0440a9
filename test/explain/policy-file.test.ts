import { toFinding } from '../../harness/checkpoint/output/exceptions/messages.js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'
import { policyFile } from '../../reports/explain/policy-file.js'
import type { FoundBlocker } from '../../harness/model/finding.js'
import { packageRoot } from '../../harness/host/package-root.js'

const transcripts = join(packageRoot, 'test', 'fixtures', 'transcripts')
const generations = { 'crac-21.0.4': '21.0.4', 'crac-21-current': '21', 'crac-25-java-side': '25' } as const

interface Recorded {
  case: string
  variant: string
  command: string[]
  jcmd: { stdout: string | null }
  app: { stdout: string | null; stderr: string | null }
}

const read = (name: string): Recorded[] =>
  readFileSync(join(transcripts, `${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded)

const textOf = ({ jcmd, app }: Recorded): string =>
  [jcmd.stdout, app.stdout, app.stderr].map((text) => (text === null ? '' : `${text}\n`)).join('')

async function blockersOf(text: string, cracVersion: string | null): Promise<FoundBlocker[]> {
  const [explained] = await explainTexts([{ name: 'a.log', text }], cracVersion)
  if (explained === undefined) throw new Error('nothing explained')
  return explained.blockers
}

type Rule = Map<string, string>

/** Reads a policy file as the JDK does: lines, not YAML. */
function rulesIn(text: string): Rule[] {
  const rules: Rule[] = [new Map()]
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (line === '---') {
      rules.push(new Map())
      continue
    }
    const colon = line.indexOf(': ')
    if (colon < 0) throw new Error(`cannot parse ${line}`)
    rules.at(-1)?.set(line.slice(0, colon), line.slice(colon + 2))
  }
  return rules
}

/** What a kind of descriptor is to a policy: the recorded programs show what the JDK does with it. */
const programs: Record<string, string> = {
  FisRel: 'file',
  FileChan: 'file channel',
  Ssc: 'listening socket',
  SelBlocked: 'registered channel',
  NioPipe: 'nio pipe',
}

/** `type action` on such a descriptor, and whether it got both through the checkpoint and back. */
function shown(generation: keyof typeof generations): Map<string, boolean> {
  const facts = new Map<string, boolean>()
  for (const record of read(generation)) {
    const command = record.command.join(' ')
    const file = /resource-policies=\S*\/(pol-[\w-]+\.yaml)/.exec(command)?.[1]
    const program = programs[/cases\.jar (\w+)/.exec(command)?.[1] ?? '']
    if (file === undefined || program === undefined || file === 'pol-bad.yaml') continue
    // These lines of the 25 code are missing in the recorded hybrid, which reopens no socket.
    if (generation === 'crac-25-java-side' && record.case === 'PolSscReopen') continue
    for (const rule of rulesIn(readFileSync(join(transcripts, 'cases', file), 'utf8')))
      facts.set(
        `${rule.get('type')?.toLowerCase()} ${rule.get('action')} on ${program}`,
        !textOf(record).includes('Suppressed: ') || file === 'pol-file-miss.yaml',
      )
  }
  return facts
}

test('the recorded runs show what policies can do, so that the next test means something', () => {
  expect([...shown('crac-21.0.4')].filter(([, works]) => !works).map(([fact]) => fact)).toEqual([
    'file reopen on file channel',
    'pipe close on nio pipe',
    'socket close on registered channel',
    'socket reopen on listening socket',
  ])
  expect(shown('crac-21-current').get('socket close on registered channel')).toBe(true)
})

/** What the findings of a blocker are, in the words of the recorded runs. */
function programOf(record: Recorded, blocker: FoundBlocker, all: readonly FoundBlocker[]): string {
  const said = blocker.findings.map(({ message }) => message).join('\n')
  if (/PipeImpl|Pipe \d+ -> /.test(said)) return 'nio pipe'
  if (blocker.findings.some(({ resource }) => resource === 'file'))
    return /FileChan|ChanLock|NioStream/.test(record.case) ? 'file channel' : 'file'
  if (said.includes('Server')) return 'listening socket'
  return said.includes('Channel') && all.some(({ summary }) => summary.includes('selector'))
    ? 'registered channel'
    : 'other'
}

test.each(Object.entries(generations))(
  'each rule proposed for a cause recorded from %s is one that the JDK accepts there',
  async (name, generation) => {
    const facts = shown(name as keyof typeof generations)
    let proposed = 0
    for (const record of read(name)) {
      const all = await blockersOf(textOf(record), generation)
      for (const blocker of all) {
        const { text } = policyFile([blocker], 'a.log')
        expect(text === null).toBe(blocker.remedy.policy === null)
        for (const rule of text === null ? [] : rulesIn(text)) {
          proposed++
          const [type, action] = [rule.get('type') ?? '', rule.get('action') ?? '']
          const where = `${record.case} ${record.variant}: ${type} ${action} for ${blocker.summary}`
          expect(['file', 'socket', 'pipe', 'filedescriptor'], where).toContain(type)
          expect(['ignore', 'close', 'reopen'], where).toContain(action)
          const fact = `${type} ${action} on ${programOf(record, blocker, all)}`
          // A file channel without its creation stack looks like any file: its remedy can't know better.
          if (fact === 'file reopen on file channel' && record.variant !== 'stacktraces') {
            expect(blocker.remedy.text, where).toContain(
              'a FileChannel can not be reopened, and needs "action: ignore"',
            )
            continue
          }
          expect(facts.get(fact) ?? true, where).toBe(true)
        }
      }
    }
    expect(proposed).toBeGreaterThan(20)
  },
)

test('builds that are older than policies are told so, and get none', async () => {
  for (const message of [
    'FileDescriptor 4 left open: /etc/passwd (regular) ',
    'FileDescriptor 7 left open: tcp6 local /[::1]:40000 remote /[::1]:5432 ',
    'tcp localAddr 10.0.0.1 localPort 40000 remoteAddr 10.0.0.2 remotePort 5432',
    'pipe:[8953321]',
  ]) {
    const kind = message.includes('tcp') ? 'Socket' : message.includes('pipe') ? 'Resource' : 'File'
    const [blocker] = await blockersOf(`jdk.crac.impl.CheckpointOpen${kind}Exception: ${message}\n`, null)
    expect(blocker?.remedy.policy, message).toBeNull()
  }
  const [file] = await blockersOf(
    'jdk.crac.impl.CheckpointOpenFileException: FileDescriptor 4 left open: /etc/passwd (regular) \n',
    null,
  )
  expect(file?.remedy.text).toContain('does not know policies yet')
})

test('on 21.0.4 no policy helps a channel that is registered with a selector', async () => {
  const text = `jdk.crac.CheckpointException
\tSuppressed: java.nio.channels.IllegalSelectorException
\tSuppressed: jdk.crac.impl.CheckpointOpenSocketException: java.nio.channels.SocketChannel[connected local=/10.0.0.1:40000 remote=/10.0.0.2:5432]
`
  const policies = async (version: string) =>
    (await blockersOf(text, version)).map(({ remedy }) => remedy.policy)
  expect(await policies('21.0.4')).toEqual([null, null])
  expect(await policies('21')).toContain('type: socket\nremotePort: 5432\naction: close')
})

interface Parts {
  opened?: string
  remedy?: string
  findings?: FoundBlocker['findings']
}

const blocker = (summary: string, policy: string | null, parts: Parts = {}): FoundBlocker => ({
  id: summary,
  kind: 'other',
  summary,
  findings: parts.findings ?? [],
  descriptors: [],
  owner: parts.opened === undefined ? null : { frame: parts.opened, artifact: null, jar: null },
  remedy: { text: parts.remedy ?? 'Close it.', policy },
})
const reopen = (path: string) => `type: file\npath: ${path}\naction: reopen`

test('the file has a reason for each rule, names what it leaves out, and holds no blank line', () => {
  const { text, rules, unhandled } = policyFile(
    [
      blocker('file a.txt', reopen('a.txt'), { opened: 'com.acme.Store.load(Store.java:17)' }),
      blocker('selector with registered keys', null),
      blocker('2 files: b, c', `${reopen('b')}\n---\n${reopen('c')}`),
    ],
    'orders.log',
  )
  expect([rules, unhandled]).toEqual([3, ['selector with registered keys']])
  expect(text)
    .toBe(`# Policies for -Djdk.crac.resource-policies=FILE, by crac-preflight explain from orders.log.
# The first rule that matches decides. Read each reason before you use its rule.
# No rule handles: selector with registered keys
# file a.txt
# opened by com.acme.Store.load(Store.java:17)
# Close it.
${reopen('a.txt')}
---
# 2 files: b, c
# Close it.
${reopen('b')}
---
# 2 files: b, c
# Close it.
${reopen('c')}
`)
})

test('two rules that match the same are one, which does what is safe for both', () => {
  const ignore = reopen('a.txt').replace('reopen', 'ignore')
  for (const pair of [
    [reopen('a.txt'), ignore],
    [ignore, reopen('a.txt')],
  ]) {
    const { text, rules } = policyFile(
      pair.map((policy, i) => blocker(`file ${i}`, policy)),
      'a.log',
    )
    expect(rules).toBe(1)
    expect(text).toContain('# file 0\n# Close it.\n# file 1\n')
    expect(text).toMatch(/path: a\.txt\naction: ignore\n$/)
  }
})

test('no rule for pipes is written beside a NIO pipe, which it would make fail', () => {
  const pipes = blocker('streams of a child process (3 pipes)', 'type: pipe\naction: close')
  const finding = toFinding('CheckpointOpenResourceException', 'sun.nio.ch.PipeImpl$1@1b2c3d')
  const nio = blocker('pipe (java.nio.channels.Pipe)', null, { findings: [finding] })
  expect(policyFile([pipes], 'a.log').rules).toBe(1)
  expect(policyFile([pipes, nio], 'a.log')).toMatchObject({
    text: null,
    unhandled: [pipes.summary, nio.summary],
  })
})

test('a rule for a path that can not be shown is one that can, and matches it', async () => {
  const [file] = await blockersOf(
    'jdk.crac.CheckpointException\n\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: /tmp/##vso[x]\u009b\u202e\u2028y\n',
    null,
  )
  const { text } = policyFile([file!], 'a.log')
  expect(text).toContain('path: /tmp/##vso\\[x\\]???y\n')
  expect(text?.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|##\w*\[/u)
})

test('nothing in a log can add a line to the file', () => {
  const evil = 'x\n---\ntype: file\naction: ignore\r\u2028y\u0085z'
  const { text } = policyFile([blocker(evil, reopen('a'), { opened: evil, remedy: evil })], evil)
  expect(rulesIn(text ?? '')).toHaveLength(1)
  expect(text?.split(/[\n\r\u2028\u0085]/).filter((line) => !line.startsWith('#'))).toEqual([
    ...reopen('a').split('\n'),
    '',
  ])
})
