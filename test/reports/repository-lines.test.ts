/** The outputs that a CI shows on the lines of a repository: SARIF, GitLab's code quality, GitHub's annotations, JUnit. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Ajv from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import { toCodeQuality } from '../../reports/code-quality.js'
import { toJunit } from '../../reports/junit/junit.js'
import { toSarif } from '../../reports/sarif.js'
import { Sources } from '../../reports/source/sources.js'
import { run } from '../cli/command-line.js'
import { all, failed, hostile, springBoot } from '../fixtures/reports/reports.js'

const schema = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
const isSarif = new Ajv({ schemaId: 'auto', unknownFormats: 'ignore', validateSchema: false }).compile(schema)

interface Result {
  level: string
  properties: { blocker: string }
  suppressions?: unknown[]
}
interface Issue {
  check_name: string
  fingerprint: string
}

const root = mkdtempSync(join(tmpdir(), 'repository-'))
const own = 'orders/src/main/java/com/acme/orders/Orders.java'
beforeAll(() => {
  const sources = {
    [own]: 'package com.acme.orders;',
    'target/copy/com/acme/orders/Orders.java': 'package com.acme.orders;',
    'a/src/com/acme/Twice.java': 'package com.acme;',
    'b/src/com/acme/Twice.java': 'package com.acme;',
    'kotlin/Store.kt': '// by hand\npackage com.acme.store\n',
    'Main.java': 'class Main {}',
    'demo/Tool.java': 'class Tool {}',
    'src/com/acme/Tool.java': 'package com.acme;',
  }
  mkdirSync(join(root, '.git'))
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

const answers = all.map(answerOf)
const known = { accepted: [springBoot.blockers[0]!.id], gone: [], unmet: ['socket:x'], strict: false }
const accepted = answerOf({ ...springBoot, known })

/** What a log of any CI must never get from an app. */
const harmful = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]|##vso\[|^::/m

const valid = (text: string) => {
  const log = JSON.parse(text)
  expect(isSarif(log), JSON.stringify(isSarif.errors, null, 1)).toBe(true)
  expect(text).not.toMatch(harmful)
  return log.runs[0]
}

test('SARIF is as its schema wants it, of whatever was found', () => {
  const { results, invocations } = valid(toSarif(answers, { sources: root, version: '1.2.3' }))
  const blockers = all.flatMap((report) => report.blockers)
  expect((results as Result[]).map(({ properties }) => properties.blocker)).toEqual(
    blockers.map(({ id }) => id),
  )
  expect(invocations[0].executionSuccessful).toBe(false)
  expect(invocations[0].toolExecutionNotifications[0].descriptor.id).toBe(failed.failure?.code)
  expect(valid(toSarif([answerOf(hostile)], { sources: root })).results.length).toBeGreaterThan(0)
})

test('the schema refuses what is no SARIF, so that it is a judge', () => {
  const log = JSON.parse(toSarif(answers, { sources: root }))
  log.runs[0].results[0].level = 'fatal'
  expect(isSarif(log)).toBe(false)
})

test('a blocker stands on the line of the repository that led to it, with its whole stack', () => {
  const [result] = valid(toSarif([answerOf(springBoot)], { sources: root })).results
  expect(result.locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: own, uriBaseId: 'SRCROOT' },
    region: { startLine: 17 },
  })
  expect(result.locations[0].logicalLocations[0].fullyQualifiedName).toBe(
    'org.h2.store.fs.disk.FilePathDisk.open',
  )
  expect(result.stacks[0].frames).toHaveLength(18)
  const issues = JSON.parse(toCodeQuality([answerOf(springBoot)], { sources: root }))
  expect(issues[0]).toMatchObject({
    check_name: 'crac-preflight/file:org.h2.store.fs.disk.FilePathDisk.open',
    severity: 'blocker',
    location: { path: own, lines: { begin: 17 } },
  })
  expect(toJunit([answerOf(springBoot)], { sources: root })).toContain(`file="${own}" line="17"`)
})

test('what is accepted is no error, what is known and not there is one', () => {
  const { results, invocations } = valid(toSarif([accepted], { sources: root }))
  expect((results as Result[]).map(({ level, suppressions }) => [level, suppressions?.length])).toEqual([
    ['note', 1],
    ['error', undefined],
  ])
  expect(invocations[0].toolExecutionNotifications[0].message.text).toContain('not there: socket:x')
  const issues = JSON.parse(toCodeQuality([accepted], { sources: root })) as Issue[]
  expect(issues.map((issue) => issue.check_name)).toEqual([
    'crac-preflight/socket:x',
    `crac-preflight/${springBoot.blockers[1]!.id}`,
  ])
})

test('a fingerprint is the same in the next run, and another for each blocker', () => {
  const prints = (text: string) => (JSON.parse(text) as Issue[]).map((issue) => issue.fingerprint)
  const first = prints(toCodeQuality(answers, { sources: root }))
  expect(prints(toCodeQuality(answers, { sources: '/tmp' }))).toEqual(first)
  expect(new Set(first).size).toBe(first.length)
})

test('a source is named only where it is the one', () => {
  const sources = Sources.around(join(root, 'orders', 'src'))
  const find = (name: string, file: string | null) =>
    sources.find({ class: name, method: 'x', file, line: 1 })
  expect(sources.root).toBe(root)
  expect(find('com.acme.orders.Orders$Line', 'Orders.java')).toBe(own)
  expect(find('com.other.Orders', 'Orders.java')).toBeNull()
  expect(find('com.acme.Twice', 'Twice.java')).toBeNull()
  expect(find('com.acme.store.StoreKt', 'Store.kt')).toBe('kotlin/Store.kt')
  expect(find('Main', 'Main.java')).toBe('Main.java')
  expect(find('Tool', 'Tool.java')).toBeNull()
  expect(find('com.acme.Tool', 'Tool.java')).toBe('src/com/acme/Tool.java')
  expect(find('acme.Tool', 'Tool.java')).toBeNull()
  expect(find('com.acme.orders.Orders', null)).toBeNull()
  expect(find('a.B', '../../../etc/passwd')).toBeNull()
})

test('explain writes them, too', async () => {
  const refused = join(import.meta.dirname, '..', 'fixtures', 'output', 'refused.txt')
  const [sarif, quality] = [join(root, 'a.sarif'), join(root, 'quality.json')]
  const { code } = await run(['explain', '--sarif', sarif, '--code-quality', quality, refused])
  expect(code).toBe(1)
  const { results } = valid(readFileSync(sarif, 'utf8'))
  const issues = JSON.parse(readFileSync(quality, 'utf8'))
  expect([results.length, issues.length]).toEqual([4, 4])
  // The text itself where no stack names a source.
  expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toMatch(
    /fixtures\/output\/refused\.txt$/,
  )
})
