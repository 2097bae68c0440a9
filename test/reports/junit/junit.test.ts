import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerOf, type Answer } from '../../../harness/model/answer.js'
import type { Report } from '../../../harness/model/report.js'
import { toJunit as junitOf, type JunitExpectation } from '../../../reports/junit/junit.js'
import { all, checkpointable, failed, grizzly, hostile, springBoot } from '../../fixtures/reports/reports.js'

const fixtures = join(import.meta.dirname, '../../fixtures/reports')

interface Options {
  attachments?: Map<Report, string[]>
  expectations?: Map<Report, JunitExpectation>
  xmlFile?: string
}

/** The answers of reports, and what belongs to each. */
function toJunit(reports: Report[], { attachments, expectations, xmlFile }: Options = {}): string {
  const answers = new Map(reports.map((report) => [report, answerOf(report)]))
  const ofAnswers = <T>(map: Map<Report, T> = new Map<Report, T>()): Map<Answer, T> =>
    new Map([...map].map(([report, value]) => [answers.get(report)!, value]))
  return junitOf([...answers.values()], {
    attachments: ofAnswers(attachments),
    expectations: ofAnswers(expectations),
    ...(xmlFile !== undefined && { xmlFile }),
  })
}

interface JunitCase {
  status: string
  className: string
  name: string
  message: string
  text: string
  output: string
}

/** Reads JUnit XML as Jenkins does, with Java's own parser, and validates its shape on the way. */
async function parse(xml: string): Promise<JunitCase[]> {
  const { stdout } = await execa('java', [join(fixtures, 'ReadJunit.java'), join(fixtures, 'junit.xsd')], {
    input: xml,
    timeout: 60_000,
  })
  return stdout.split('\n').map((line) => {
    const columns = line.split('\t').map((column) => Buffer.from(column, 'base64').toString('utf8'))
    const [status = '', className = '', name = '', message = '', text = '', output = ''] = columns
    return { status, className, name, message, text, output }
  })
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'junit-test-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('all reports together are valid JUnit XML, whatever the app named its classes and files', async () => {
  const cases = await parse(toJunit(all))
  expect(cases.map(({ status }) => status)).toEqual([
    ...['passed', 'skipped', 'failure', 'failure', 'skipped', 'failure', 'failure', 'error'],
    ...['skipped', 'failure', 'failure'],
  ])
  expect(cases.filter(({ text, message }) => /\[\[ATTACHMENT/i.test(text + message))).toEqual([])
})

test('a blocked scenario fails once per blocker and no more, under names without fd, port, pid or time', async () => {
  const cases = await parse(toJunit([springBoot]))
  expect(cases.map(({ className, name }) => `${className} ${name}`)).toEqual([
    'crac-preflight.spring-boot-web checkpointable',
    'crac-preflight.spring-boot-web file:org.h2.store.fs.disk.FilePathDisk.open',
    'crac-preflight.spring-boot-web file:ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>',
  ])
  expect(cases[2]?.message).toBe(
    'open file /srv/orders/logs/orders.log, owned by ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>(ResilientFileOutputStream.java:28) in logback-core-1.5.18.jar (ch.qos.logback:logback-core:1.5.18)',
  )
})

test('the failure text has the message first, then the Java stack, then the remedy, then the findings', async () => {
  const [, , logFile] = await parse(toJunit([springBoot]))
  const lines = logFile?.text.split('\n') ?? []
  expect(lines[0]).toBe(logFile?.message)
  expect(lines[1]).toBe('\tat java.io.FileOutputStream.open0')
  expect(lines.slice(12)).toEqual([
    'opened by thread "main", 613 ms after the start, in openat',
    '',
    'Remedy: Log to standard output, or let a policy close the file and reopen it after the restore.',
    '',
    'type: file',
    'path: /srv/orders/logs/orders.log',
    'action: reopen',
    '',
    'CheckpointOpenFileException: /srv/orders/logs/orders.log',
  ])
})

test('a verdict of failed is an error with its code and never a failure', () => {
  const xml = toJunit([failed])
  expect(xml).toContain('tests="1" failures="0" errors="1"')
  expect(xml).toContain('type="APP_NOT_READY"')
  expect(xml).not.toContain('<failure')
})

test('blocked without a single blocker still fails', () => {
  const report = { ...springBoot, blockers: [] }
  expect(toJunit([report])).toContain('tests="1" failures="1"')
  const expectations = new Map([[report, { blockers: [], unmet: [] }]])
  expect(toJunit([report], { expectations })).toContain('tests="1" failures="1"')
})

test('expected blockers pass, unexpected ones and unmet expectations fail', async () => {
  const [database, logFile] = springBoot.blockers.map(({ id }) => id)
  const expectations = new Map([[springBoot, { blockers: [database!, logFile!], unmet: [] }]])
  expect((await parse(toJunit([springBoot], { expectations }))).map(({ status }) => status)).toEqual([
    'passed',
    'passed',
    'passed',
  ])
  const other = new Map([[springBoot, { blockers: [database!], unmet: ['socket:com.zaxxer.hikari'] }]])
  const [whole, first, second] = await parse(toJunit([springBoot], { expectations: other }))
  expect([whole, first, second].map((each) => each?.status)).toEqual(['failure', 'passed', 'failure'])
  expect(whole?.text).toMatch(/\nexpected a blocker that is not there: socket:com.zaxxer.hikari$/)
})

test('an expectation that nothing meets fails a checkpointable app too', () => {
  const expectations = new Map([[checkpointable, { blockers: [], unmet: ['socket:com.zaxxer.hikari'] }]])
  expect(toJunit([checkpointable], { expectations })).toContain('failures="1"')
})

test('reports of one name have each their own expectation', () => {
  const other = { ...springBoot }
  const expectations = new Map([
    [springBoot, { blockers: springBoot.blockers.map(({ id }) => id), unmet: [] }],
  ])
  expect(toJunit([springBoot, other], { expectations })).toContain('tests="6" failures="2"')
})

test('attachments stand in one system-out, relative to the XML', async () => {
  const files = ['app.log', 'check point.txt'].map((name) => join(folder, name))
  for (const file of files) writeFileSync(file, '')
  const xmlFile = join(folder, 'reports/junit.xml')
  const [whole] = await parse(toJunit([springBoot], { attachments: new Map([[springBoot, files]]), xmlFile }))
  expect(whole?.output).toMatch(
    /\n\[\[ATTACHMENT\|\.\.\/app\.log\]\]\n\[\[ATTACHMENT\|\.\.\/check point\.txt\]\]$/,
  )
})

test('an attachment that does not exist is an error that names it', () => {
  const missing = join(folder, 'gone.log')
  expect(() => toJunit([springBoot], { attachments: new Map([[springBoot, [missing]]]) })).toThrow(
    `The attachment ${missing} does not exist`,
  )
})

test('cases of one name are told apart, since GitLab keeps only the first of two', async () => {
  const [blocker] = grizzly.blockers
  const cases = await parse(toJunit([{ ...grizzly, blockers: [blocker!, blocker!] }, checkpointable, failed]))
  expect(cases.slice(1, 3).map(({ name }) => name)).toEqual([blocker!.id, `${blocker!.id} (2)`])
  expect(cases.slice(3).map(({ className }) => className)).toEqual([
    'crac-preflight.orders',
    'crac-preflight.orders (2)',
  ])
})

test('a scenario with dots in its name is one class to Jenkins, not a package', () => {
  expect(toJunit([{ ...checkpointable, scenario: 'orders 1.2' }])).toContain(
    'classname="crac-preflight.orders 1_2"',
  )
})

test('hostile names are shown as escapes and lose nothing that can be shown', async () => {
  const [, blocker] = await parse(toJunit([hostile]))
  expect(blocker?.message).toContain('\\x1b[2J')
  expect(blocker?.message).toContain('<script>alert("1")</script>]]>]]>&amp;')
  expect(blocker?.message).toContain('\\u{fffe}\\u{ffff}low\\u{dc00}\\u{dc00}')
  expect(blocker?.message).toContain('😀')
})
