import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOutput } from '../../../harness/checkpoint/output/output.js'
import { packageRoot } from '../../../harness/host/package-root.js'

/** What a CRaC JDK answered to one program: `jcmd`'s output, the app's own, and how both ended. */
interface Transcript {
  case: string
  variant: string
  jcmd: { stdout: string | null; stderr: string | null; exit: number | null }
  app: { stdout: string | null; stderr: string | null }
}

const folders = [
  join(packageRoot, 'test', 'fixtures', 'transcripts'),
  join(packageRoot, '..', 'shared', 'transcripts'),
]
const files = ['crac-21.0.4.jsonl', 'crac-21-current.jsonl', 'crac-25-java-side.jsonl']
const folder = folders.find((candidate) => files.every((file) => existsSync(join(candidate, file))))

/** The streams of a run, one text each, as a user would save them. */
function texts(record: Transcript): string[] {
  const { jcmd, app } = record
  return [jcmd.stdout, jcmd.stderr, app.stdout, app.stderr].filter((text) => text !== null)
}

/** The simplest reading there is: unwrapped text, one tab before each suppressed exception, nothing nested. */
function simplyRead(text: string): { type: string; message: string; stack: boolean }[] {
  const blocks = text.split('\n\tSuppressed: ').slice(1)
  return blocks.map((block) => {
    const [head = ''] = block.split('\n')
    const [name = '', ...message] = head.split(': ')
    const type = name.split(/[.$]/).at(-1) ?? ''
    return {
      type,
      message: message.join(': ').trim(),
      stack: block.includes('This file descriptor was created by '),
    }
  })
}

function simplyJudge(text: string): string | null {
  if (/^(jdk|jdk\.internal)\.crac(\.mirror)?\.RestoreException$/m.test(text)) return 'restore-failed'
  if (/^(jdk|jdk\.internal)\.crac(\.mirror)?\.CheckpointException$/m.test(text)) return 'checkpoint-failed'
  if (text.includes('CRIU failed with exit code') || text.includes('VM warning: Could not find'))
    return 'checkpoint-failed'
  return text.includes('CR: Checkpoint ...') ? 'checkpoint-ok' : null
}

function simplyTabulate(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('JVM: FD '))
}

if (folder === undefined) {
  test('the recorded answers of real CRaC JDKs read right', ({ skip }) =>
    skip(`no transcripts in ${folders.join(' or ')}`))
} else {
  for (const file of files) {
    const records = readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Transcript)

    test(`every suppressed exception in ${file} is a finding of its class, message and stack`, () => {
      expect(records.length).toBeGreaterThan(100)
      for (const record of records) {
        for (const text of texts(record)) {
          const findings = parseOutput(text).findings.filter((finding) => finding.type !== null)
          const read = findings.map(({ type, message, creationStack }) => ({
            type,
            message,
            stack: creationStack.length > 0,
          }))
          expect(read, `${record.case} ${record.variant}`).toEqual(simplyRead(text))
        }
      }
    })

    test(`every stream of ${file} has the outcome that its words say`, () => {
      for (const record of records) {
        for (const text of texts(record)) {
          expect(parseOutput(text).outcome, `${record.case} ${record.variant}: ${text}`).toBe(
            simplyJudge(text),
          )
        }
      }
    })

    test(`the whole run of each record of ${file} has one outcome, whatever the order of its streams`, () => {
      for (const record of records) {
        const streams = texts(record).map((text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`))
        const judged = streams.map(simplyJudge)
        const expected = judged.includes('checkpoint-failed')
          ? 'checkpoint-failed'
          : judged.includes('restore-failed')
            ? 'restore-failed'
            : judged.includes('checkpoint-ok')
              ? 'checkpoint-ok'
              : null
        for (const order of [streams, [...streams].reverse()]) {
          const { outcome } = parseOutput(order.join(''))
          if (record.case === 'ResError') expect([null, 'checkpoint-failed']).toContain(outcome)
          else expect(outcome, `${record.case} ${record.variant}`).toBe(expected)
        }
      }
    })

    test(`the table of ${file} is read line by line`, () => {
      for (const record of records) {
        for (const text of texts(record)) {
          const lines = parseOutput(text).resources.map(
            ({ fd, type, path, ok, reason }) =>
              `JVM: FD fd=${fd} type=${type} path="${path}" ${ok ? 'OK' : 'BAD'}: ${reason}`,
          )
          expect(lines, `${record.case} ${record.variant}`).toEqual(simplyTabulate(text))
        }
      }
    })
  }
}

const prototype = folder === undefined ? undefined : join(folder, 'crac-jdk14')
if (prototype === undefined || !existsSync(prototype)) {
  test('the output of the JDK 14 prototype reads right', ({ skip }) => skip('no folder crac-jdk14'))
} else {
  const names = readdirSync(prototype)
    .filter((name) => name.endsWith('.out'))
    .map((name) => name.slice(0, -'.out'.length))

  test.each(names)(
    'the JDK 14 prototype refuses or passes %s as its own lines say, whatever jcmd claims',
    (name) => {
      const app = readFileSync(join(prototype, `${name}.out`), 'utf8')
      const jcmd = existsSync(join(prototype, `${name}.jcmd`))
        ? readFileSync(join(prototype, `${name}.jcmd`), 'utf8')
        : ''
      const own = [...app.matchAll(/^jdk\.crac\.impl\.(\w+): (.*)$/gm)].map((match) => [match[1], match[2]])
      for (const text of [app, jcmd + app, app + jcmd]) {
        const output = parseOutput(text)
        const failed = own.length > 0 || app.includes('invalid info for restore')
        expect(output.outcome).toBe(failed ? 'checkpoint-failed' : 'checkpoint-ok')
        expect(
          output.findings.filter(({ type }) => type !== null).map(({ type, message }) => [type, message]),
        ).toEqual(own)
        if (failed) expect(output.findings.length).toBeGreaterThan(0)
      }
    },
  )
}
