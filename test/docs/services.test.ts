import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BaselineFile } from '../../harness/baseline/baseline-file.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { readServicesFile } from '../../harness/services/read-file.js'
import { toService } from '../../harness/services/service.js'
import { run } from '../cli/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'docs-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** The code blocks of a page in one language. */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(packageRoot, 'docs', page), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  )
}

const written = (name: string, text = ''): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('the example of services.md is a file that is taken, every app of it', () => {
  const file = readServicesFile(written('crac-preflight.yaml', blocksOf('services.md', 'yaml')[0]), {})
  const services = Object.keys(file.entry.apps).map((name) => toService(file, name))
  expect(services.map(({ name }) => name)).toEqual(['orders', 'payments', 'nightly'])
  expect(services[0]?.spec).toMatchObject({ timeoutMs: 120_000, env: { SPRING_PROFILES_ACTIVE: 'ci' } })
})

test('the example of baseline.md is a baseline', () => {
  const file = BaselineFile.read(written('baseline.yaml', blocksOf('baseline.md', 'yaml')[0]))
  expect(file.accepted('orders')).toEqual([
    'file:com.example.orders.AuditLog.open',
    'socket:com.zaxxer.hikari',
  ])
  expect(file.tolerated).toEqual(['file:ch.qos.logback'])
})

test.for(['services.md', 'baseline.md'])('every option in the commands of %s is one', async (page) => {
  const lines = blocksOf(page, 'sh').flatMap((block) => block.split('\n').filter(Boolean))
  expect(lines.length).toBeGreaterThan(3)
  for (const command of ['check', 'merge', 'init']) {
    const own = lines.filter((line) => line.startsWith(`crac-preflight ${command}`))
    if (own.length === 0) continue
    const { stdout } = await run([command, '--help'])
    for (const [option] of own.join('\n').matchAll(/(?<=\s)--[a-z][\w-]*/g))
      expect(stdout).toContain(`${option} `)
  }
})
