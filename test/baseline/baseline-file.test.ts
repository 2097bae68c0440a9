import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BaselineFile } from '../../harness/baseline/baseline-file.js'
import { judged } from '../../harness/baseline/judge.js'
import { answerOf, isAsKnown, missed, newBlockers } from '../../harness/model/answer.js'
import type { Blocker, Report } from '../../harness/model/report.js'
import { plain } from '../fixtures/reports/plain.js'

const folder = mkdtempSync(join(tmpdir(), 'baseline-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const path = join(folder, 'baseline.yaml')

const blocked = (...ids: string[]): Report => ({
  ...plain,
  verdict: ids.length > 0 ? 'blocked' : 'checkpointable',
  blockers: ids.map((id): Blocker => ({
    id,
    kind: 'file',
    summary: `file of ${id}`,
    findings: [],
    descriptors: [],
    owner: null,
    remedy: { text: '', policy: null },
  })),
})
const demand = (file: BaselineFile, strict = false) => ({
  expect: 'checkpointable' as const,
  accept: file.accepted('orders'),
  tolerate: file.tolerated,
  strict,
})

test('only what is new fails, what is gone is told, and fails where it is asked for', () => {
  writeFileSync(path, `orders: [file:a.B, 'socket:c.*', file:gone]\n'*': [file:log]\n`)
  const file = BaselineFile.read(path)
  const report = judged(blocked('file:a.B.open', 'socket:c.D', 'file:log.Appender', 'file:new'), demand(file))
  expect(report.known).toEqual({
    accepted: ['file:a.B.open', 'socket:c.D', 'file:log.Appender'],
    gone: ['file:gone'],
    unmet: [],
    strict: false,
  })
  expect(newBlockers(report).map(({ id }) => id)).toEqual(['file:new'])
  expect(answerOf(report).headline).toBe('1 new blocker, 3 accepted, 1 accepted blocker gone')
  const known = blocked('file:a.B.open', 'socket:c.D')
  expect(isAsKnown(judged(known, demand(file)))).toBe(true)
  expect(answerOf(judged(known, demand(file))).headline).toBe(
    '2 blockers, all accepted, 1 accepted blocker gone',
  )
  const strict = judged(known, demand(file, true))
  expect([isAsKnown(strict), missed(strict.known)]).toEqual([false, ['file:gone']])
  expect(isAsKnown(judged(blocked(), demand(file, true)))).toBe(false)
})

test('it is rewritten by what is found, and the comments of the team stay', async () => {
  writeFileSync(path, `# ours\n\norders:\n  # ticket 7\n  - file:a.B\n  - file:gone\nother: [file:x]\n`)
  const report = judged(blocked('file:a.B.open', 'file:new'), demand(BaselineFile.read(path)))
  expect(await BaselineFile.read(path).update([report])).toEqual({ added: 1, removed: 1 })
  expect(readFileSync(path, 'utf8')).toBe(
    `# ours\n\norders:\n  # ticket 7\n  - file:a.B\n  - file:new # file of file:new\nother: [ file:x ]\n`,
  )
  await BaselineFile.read(path).update([judged(blocked(), demand(BaselineFile.read(path)))])
  expect(readFileSync(path, 'utf8')).toBe(`# ours\n\nother: [ file:x ]\n`)
})

test.for(['', '# ours\n'])('a file of nothing, %j, takes what is found, and nothing', async (text) => {
  writeFileSync(path, text)
  const nothing = blocked()
  expect(await BaselineFile.read(path).update([nothing])).toEqual({ added: 0, removed: 0 })
  await BaselineFile.read(path).update([nothing, { ...blocked('file:a.B'), scenario: 'other' }])
  const written = readFileSync(path, 'utf8')
  expect(BaselineFile.read(path).accepted('other')).toEqual(['file:a.B'])
  expect(written.startsWith(text)).toBe(true)
})

test('a check without a verdict changes nothing', async () => {
  writeFileSync(path, `orders:\n  - file:a.B\n`)
  const failed: Report = { ...blocked(), verdict: 'failed' }
  expect(await BaselineFile.read(path).update([judged(failed, demand(BaselineFile.read(path)))])).toEqual({
    added: 0,
    removed: 0,
  })
  expect(readFileSync(path, 'utf8')).toBe(`orders:\n  - file:a.B\n`)
})

test.for([
  ['- file:a\n', '1:1: give the names of apps, each with a list of ids'],
  ['orders: file:a\n', '1:9: orders: give a list of ids'],
  ['orders: [', '1:10: '],
] as const)('a baseline that is none is refused at its line: %j', ([text, said]) => {
  writeFileSync(path, text)
  expect(() => BaselineFile.read(path)).toThrow(`${path}:${said}`)
})

test('one that is not there is refused with the line that writes it', () => {
  expect(() => BaselineFile.read(join(folder, 'none.yaml'))).toThrow(
    /--baseline .*none\.yaml --update-baseline/,
  )
})

test('an id that hides something is written so that it can be seen, and means the same when it is read', async () => {
  rmSync(path, { force: true })
  const id = 'file:a\u202eb\u2028c\u0085- file:x\u009b31m\n- file:y\u{e0001}'
  const file = BaselineFile.read(path, { create: true })
  await file.update([blocked(id)])
  const text = readFileSync(path, 'utf8')
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  expect(BaselineFile.read(path).accepted(plain.scenario)).toEqual([id])
})
