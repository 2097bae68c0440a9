import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explain } from '../../../harness/explain/explain.js'
import { packageRoot } from '../../../harness/host/package-root.js'

const folder = process.env.CRAC_LOGS ?? join(packageRoot, '..', 'shared', 'crac-logs')
const index = join(folder, 'index.json')

interface Entry {
  file: string
  outcome: string
  top: string | null
  findings: Record<string, unknown>[]
}

const fields = ['type', 'message', 'fd', 'resource', 'address', 'creationStack', 'topCreationFrame']

if (!existsSync(index)) {
  test('recorded logs read as their index says', ({ skip }) =>
    skip(`no ${index}; set CRAC_LOGS to the folder of the recorded logs`))
} else {
  const entries = JSON.parse(readFileSync(index, 'utf8')) as Entry[]

  test('the index lists logs', () => {
    expect(entries.length).toBeGreaterThan(0)
  })

  test.each(entries)('the recorded log $file reads as its index says', async (entry) => {
    const [read] = await explain([{ name: entry.file, text: readFileSync(join(folder, entry.file), 'utf8') }])
    const expected = entry.findings.map((finding) =>
      Object.fromEntries(fields.map((field) => [field, finding[field]])),
    )
    expect(read).toEqual({ file: entry.file, outcome: entry.outcome, top: entry.top, findings: expected })
  })
}
