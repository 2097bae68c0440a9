import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { preflight } from '../../harness/preflight.js'
import { compileJava, fixture, jdk } from '../support/java.js'

const classes = compileJava('ends', [fixture('java/17/Ends.java')], 17)
const folder = mkdtempSync(join(tmpdir(), 'failed-report-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('an app that dies at its start: engine, JDK, who observed it, and where its log is', async () => {
  const keepLog = join(folder, 'app.log')
  const command = [jdk.java, '-cp', classes, 'Ends', 'exit', '7']
  const report = await preflight({ command, ready: { log: /never/ } }, { trace: 'preload', keepLog })
  expect(report).toMatchObject({ verdict: 'failed', failure: { code: 'APP_DIED' } })
  expect(report.jvm).toMatchObject({
    version: expect.stringMatching(`^${jdk.feature}\\.`) as unknown,
    crac: false,
  })
  expect(report.engine).toMatchObject({ name: 'rehearsal', cracVersion: '25' })
  expect(report.engine.note).toContain(keepLog)
  expect(report.evidence.note).toContain('observed by: preload')
  expect(report.app).toMatchObject({ command, pid: expect.any(Number) as unknown })
  expect(readFileSync(keepLog, 'utf8')).toContain('HOOK')
})
