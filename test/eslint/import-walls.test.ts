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
  expect(await breaches('reports/json.ts', `import { jcmd } from '../harness/jvm/attach.js'\n`)).toEqual([
    'reports/json.ts must not import harness/jvm/attach.ts: files of reports may import only reports, harness/model of this project.',
  ])
})

test('every form of import is seen', async () => {
  const forms = [
    `import '../harness/jvm/attach.js'`,
    `import type { jcmd } from '../harness/jvm/attach.js'`,
    `export { jcmd } from '../harness/jvm/attach.js'`,
    `export type { jcmd } from '../harness/jvm/attach.js'`,
    `export * from '../harness/jvm/attach.js'`,
    `export const later = import('../harness/jvm/attach.js')`,
    'export const quoted = import(`../harness/jvm/attach.js`)',
    `export type Late = import('../harness/jvm/attach.js').jcmd`,
    `import old = require('../harness/jvm/attach.js')`,
    `export const file = new URL('../harness/jvm/attach.js', import.meta.url)`,
    `import { scenario } from 'crac-preflight'`,
  ]
  for (const form of forms)
    expect([form, await breaches('reports/json.ts', form)]).toEqual([form, [expect.any(String)]])
})

test('what the walls allow passes', async () => {
  const text = [
    `import { z } from 'zod'`,
    `import { join } from 'node:path'`,
    `import type { Report } from '../harness/model/report.js'`,
    `import { printable } from './parts/terminal-text.js'`,
  ].join('\n')
  expect(await breaches('reports/json.ts', text)).toEqual([])
  expect(await breaches('test/reports/json.test.ts', `import '../../harness/jvm/attach.js'`)).toEqual([])
})

test('the parts of the harness do not import each other, and share the model and the host', async () => {
  const file = 'harness/ledger/records.ts'
  expect(await breaches(file, `import '../jvm/attach.js'`)).toHaveLength(1)
  expect(await breaches(file, `import '../preflight.js'`)).toHaveLength(1)
  expect(await breaches(file, `import '../../reports/parts/terminal-text.js'`)).toHaveLength(1)
  expect(await breaches(file, `import '../fixtures/reports/frames.js'`)).toHaveLength(1)
  const allowed = ['../model/report.js', '../model/errors.js', '../host/package-root.js', './join.js']
  expect(await breaches(file, allowed.map((name) => `import '${name}'`).join('\n'))).toEqual([])
})

test('the model imports nothing of the house', async () => {
  expect(await breaches('harness/model/report.ts', `import '../jvm/attach.js'`)).toHaveLength(1)
})
