import { join } from 'node:path'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })

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
