import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OutputParser, type Answer } from '../../../harness/checkpoint/output/output.js'
import { packageRoot } from '../../../harness/host/package-root.js'

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'output', name), 'utf8')
const refused = fixture('refused.txt')
const engineFailed = fixture('engine-failed.txt')
const passed = fixture('passed.txt')

function answersOf(text: string): Answer[] {
  const parser = new OutputParser()
  parser.push(text)
  parser.end()
  return parser.answers()
}

const shape = (text: string) => answersOf(text).map(({ outcome, findings }) => [outcome, findings.length])

test('one JVM that was asked several times gives an answer each time', () => {
  expect(shape(refused + engineFailed + passed)).toEqual([
    ['checkpoint-failed', 4],
    ['checkpoint-failed', 1],
    ['checkpoint-ok', 0],
  ])
})

test('JVMs that write line by line in turns are told apart by what their lines begin with', () => {
  const other = passed.split('\n')
  const woven = refused.split('\n').flatMap((line, i) => [`a-1 | ${line}`, `b-1 | ${other[i] ?? ''}`])
  expect(
    answersOf(woven.join('\n')).map(({ source, outcome, top, findings }) => [
      source,
      outcome,
      top,
      findings.length,
    ]),
  ).toEqual([
    ['a-1', 'checkpoint-failed', 'jdk.internal.crac.mirror.CheckpointException', 4],
    ['b-1', 'checkpoint-ok', null, 0],
  ])
})

test('what jcmd says of a request and what the app says of it is one answer', () => {
  const engine =
    'JVM: invalid info for restore provided: queued code -1\njdk.crac.CheckpointException\n\tSuppressed: java.lang.RuntimeException: Native checkpoint failed.\n'
  const failed = [['checkpoint-failed', 1]]
  for (const jcmd of ['4712:\nCR: Checkpoint ...\n', '4712:\nCommand executed successfully\n'])
    for (const text of [jcmd + engine, engine + jcmd]) expect(shape(text), text).toEqual(failed)
})

test('a text without an answer has none', () => {
  expect(answersOf('')).toEqual([])
  expect(answersOf('java -XX:CRaCCheckpointTo=cr -jar a.jar\nKilled softly\n')).toEqual([])
})

test('every finding belongs to one answer, in any text', () => {
  const lines = [refused, engineFailed, passed, fixture('not-restored.txt')].flatMap((text) =>
    text.split('\n'),
  )
  const line = fc.tuple(fc.constantFrom('', 'a-1 | ', 'b-1 | '), fc.constantFrom(...lines))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (list) => {
      const parser = new OutputParser()
      parser.push(list.map(([name, text]) => name + text).join('\n'))
      const { findings, outcome } = parser.end()
      const answers = parser.answers()
      const divided = new Set(answers.flatMap((answer) => answer.findings))
      expect(answers.flatMap((answer) => answer.findings)).toHaveLength(findings.length)
      expect(findings.every((finding) => divided.has(finding))).toBe(true)
      if (outcome !== 'mixed' && outcome !== null)
        for (const answer of answers)
          expect(answer.outcome).not.toBe('checkpoint-ok' === outcome ? 'checkpoint-failed' : 'checkpoint-ok')
    }),
    { numRuns: 1500 },
  )
})
