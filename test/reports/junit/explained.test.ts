import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import type { Answer } from '../../../harness/model/answer.js'
import type { Blocker } from '../../../harness/model/report.js'
import { toAnnotations } from '../../../reports/annotations.js'
import { toHtml } from '../../../reports/html/html.js'
import { toJunit } from '../../../reports/junit/junit.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'

const fixtures = join(import.meta.dirname, '../../fixtures/reports')
const evil = ']]> <x> \u001b[2J \u202e ##vso[task.x] ::error::x [[ATTACHMENT|/etc/passwd]]'

const blocker = (id: string, summary: string, type: string): Blocker => ({
  id,
  kind: 'file',
  summary,
  findings: [
    {
      type,
      message: summary,
      fd: null,
      resource: 'file',
      address: null,
      creationStack: [],
      thrownAt: [],
      unknowable: false,
    },
  ],
  descriptors: [],
  owner: null,
  remedy: { text: 'Close it.', policy: null },
})

const answer = (name: string, verdict: Answer['verdict'], headline: string, blockers: Blocker[]): Answer => ({
  command: 'explain',
  name,
  verdict,
  headline,
  assumed: null,
  note: null,
  blockers,
  known: null,
  descriptors: [],
  libraries: [],
  closed: null,
  groups: [],
  evidence: null,
  run: null,
})

const type = 'CheckpointOpenFileException'
const answers: Answer[] = [
  answer('orders.log, answer 1 of 2', 'blocked', 'the checkpoint failed', [
    blocker('file:com.acme.Store.load', 'file a.txt', type),
    blocker('file:com.acme.Store.load', 'file b.txt', type),
  ]),
  answer('orders.log, answer 2 of 2', 'checkpointable', 'the checkpoint succeeded', []),
  answer('empty.log', null, 'says nothing', []),
  answer(evil, 'blocked', evil, [blocker(evil, evil, evil)]),
]

test(
  'explained texts are JUnit that Java’s parser reads and the schema allows',
  { timeout: 60_000 },
  async () => {
    const xml = toJunit(answers)
    const { stdout } = await execa('java', [join(fixtures, 'ReadJunit.java'), join(fixtures, 'junit.xsd')], {
      input: xml,
      timeout: 50_000,
    })
    const cases = stdout
      .split('\n')
      .map((line) => line.split('\t').map((column) => Buffer.from(column, 'base64').toString('utf8')))
    expect(cases.slice(0, 5).map(([status, , name, message]) => [status, name, message])).toEqual([
      ['skipped', 'outcome', '2 blockers, each a failure of its own'],
      ['failure', 'file:com.acme.Store.load', 'file a.txt'],
      ['failure', 'file:com.acme.Store.load (2)', 'file b.txt'],
      ['passed', 'outcome', ''],
      ['skipped', 'outcome', 'says nothing'],
    ])
    expect(cases.flat().join('')).not.toMatch(/[\u001b\u202e]|\[\[ATTACHMENT/)
    expect(xml).not.toContain('##vso[')
  },
)

test('explained texts are annotations, one for each thing that speaks against the checkpoint', () => {
  const lines = toAnnotations(answers, 'github').trimEnd().split('\n')
  expect(lines.slice(0, 4)).toEqual([
    `::error title=orders.log%2C answer 1 of 2%3A file a.txt::${type}: file a.txt%0ARemedy: Close it.`,
    `::error title=orders.log%2C answer 1 of 2%3A file b.txt::${type}: file b.txt%0ARemedy: Close it.`,
    '::notice title=crac-preflight%3A orders.log%2C answer 2 of 2::the checkpoint succeeded',
    '::notice title=crac-preflight%3A empty.log::says nothing',
  ])
  expect(lines).toHaveLength(5)
  expect(lines.join()).not.toContain('##vso[')
  const gitlab = toAnnotations(answers.slice(0, 1), 'gitlab', new Date(0))
  expect(gitlab.match(/section_start:0:/g)).toHaveLength(2)
})

test('a page and a terminal take an answer that was not run, and say nothing of engine or evidence', () => {
  const page = toHtml(answers)
  expect(page).toContain('orders.log, answer 2 of 2: the checkpoint succeeded')
  expect(page).not.toMatch(/Engine<|Evidence<|Timing</)
  expect(renderTerminal(answers[2]!, { color: false, width: 80 })).toBe(
    '? NO VERDICT  empty.log: says nothing\n',
  )
  const blocked = renderTerminal(answers[0]!, { color: false, width: 80 })
  expect(blocked).toMatch(
    /^✘ BLOCKED {2}orders\.log, answer 1 of 2: the checkpoint failed\n\n1\. file a\.txt \[file\]\n/,
  )
  expect(blocked).not.toMatch(/^ {2}(?:evidence|engine|timing)/m)
})
