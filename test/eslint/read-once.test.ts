import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })

const rooms = [
  'app',
  'blockers',
  'cli',
  'explain',
  'host',
  'jvm',
  'ledger',
  'model',
  'run',
  'trace',
  'vitest',
]

test.for([...rooms.map((room) => `harness/${room}`), 'harness/checkpoint/rehearsal', 'reports/html'])(
  'no room but the parser’s reads them: %s',
  async (room) => {
    const text = "export const found = finding.message.startsWith('EPoll ')\n"
    const files = readdirSync(join(root, room)).filter((name) => name.endsWith('.ts'))
    expect(await breaches(text, join(room, files[0]!))).toBe(1)
  },
)

async function breaches(text: string, path = 'harness/blockers/join.ts'): Promise<number> {
  const [result] = await eslint.lintText(text, { filePath: join(root, path) })
  const messages = result?.messages ?? []
  expect(messages.filter(({ fatal }) => fatal)).toEqual([])
  return messages.filter(({ ruleId }) => ruleId === 'preflight/read-once').length
}

test.for([
  '/^FD fd=/.test(finding.message)',
  "finding.message.startsWith('EPoll ')",
  "findings.some(({ message }) => message.includes('Channel'))",
  '/^tcp (\\S+)/.exec(entry.target)',
  "entry?.target.endsWith(' listening')",
  "entries.map(({ target }) => target.replace(/^unix /, ''))",
  "(owner.frame ?? '').split('.')",
  '/^Cannot open/.test(toText(finding))',
  "describe(entry.target).startsWith('/tmp')",
  "restored.some((target) => target.endsWith(' listening'))",
  "entry.origin.native.join('\\n')",
])('text is not read again: %s', async (expression) => {
  expect(await breaches(`export const found = ${expression}\n`)).toBe(1)
})

test('values may be asked, texts shown, errors read, and the parser’s own files read all', async () => {
  for (const fine of [
    "finding.subject.is === 'pipe'",
    'entries.map(({ target }) => describe(target))',
    '`${finding.message} at ${owner.frame}`',
    "error.message.includes('EACCES')",
  ])
    expect(await breaches(`export const found = ${fine}\n`), fine).toBe(0)
  const parser = 'harness/checkpoint/output/exceptions/subjects.ts'
  expect(await breaches('export const found = /^FD fd=/.test(finding.message)\n', parser)).toBe(0)
})
