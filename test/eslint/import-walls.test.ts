import { join } from 'node:path'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })

/** Lints text as if it stood in that file, which must exist, by the project's own configuration. */
async function breaches(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) })
  const messages = result?.messages ?? []
  expect(messages.filter(({ fatal }) => fatal)).toEqual([])
  return messages.filter(({ ruleId }) => ruleId === 'preflight/import-walls').map(({ message }) => message)
}

test('a report that reaches into the harness is told what it may import', async () => {
  expect(await breaches('reports/json.ts', `import { AppError } from '../harness/errors.js'\n`)).toEqual([
    'reports/json.ts must not import harness/errors.ts: files of reports may import only reports, harness/report.ts of this project.',
  ])
})

test('every form of import is seen', async () => {
  const forms = [
    `import '../harness/errors.js'`,
    `import type { AppError } from '../harness/errors.js'`,
    `export { AppError } from '../harness/errors.js'`,
    `export type { AppError } from '../harness/errors.js'`,
    `export * from '../harness/errors.js'`,
    `export const later = import('../harness/errors.js')`,
    'export const quoted = import(`../harness/errors.js`)',
    `export type Late = import('../harness/errors.js').AppError`,
    `import old = require('../harness/errors.js')`,
    `export const file = new URL('../harness/errors.js', import.meta.url)`,
    `import { scenario } from 'crac-preflight'`,
  ]
  for (const form of forms)
    expect([form, await breaches('reports/json.ts', form)]).toEqual([form, [expect.any(String)]])
})

test('what the walls allow passes', async () => {
  const text = [
    `import { z } from 'zod'`,
    `import { join } from 'node:path'`,
    `import type { Report } from '../harness/report.js'`,
    `import { printable } from './terminal-text.js'`,
  ].join('\n')
  expect(await breaches('reports/json.ts', text)).toEqual([])
  expect(await breaches('test/reports/json.test.ts', `import '../../harness/jvm/attach.js'`)).toEqual([])
})

test('the parts of the harness do not import each other, and share the report, the errors and the package root', async () => {
  const file = 'harness/ledger/records.ts'
  expect(await breaches(file, `import '../jvm/attach.js'`)).toHaveLength(1)
  expect(await breaches(file, `import '../preflight.js'`)).toHaveLength(1)
  expect(await breaches(file, `import '../../reports/terminal-text.js'`)).toHaveLength(1)
  expect(await breaches(file, `import '../../test/fixtures/reports/frames.js'`)).toHaveLength(1)
  const allowed = ['../report.js', '../errors.js', '../package-root.js', './join.js']
  expect(await breaches(file, allowed.map((name) => `import '${name}'`).join('\n'))).toEqual([])
})

test('what everything shares imports nothing of the house', async () => {
  expect(await breaches('harness/report.ts', `import './errors.js'`)).toHaveLength(1)
})
