import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { needing } from '../support/capability.js'
import { freePort } from '../../scenarios/free-port.js'
import { collector, startCollector, valuesOf } from '../support/collector.js'
import { jdk } from '../support/java.js'

const folder = mkdtempSync(join(tmpdir(), 'otlp-plugin-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

needing(collector)('the plugin sends every check of a run to its receiver', async () => {
  const ours = (...path: string[]) => JSON.stringify(join(packageRoot, 'harness', 'vitest', ...path))
  const app = (program: string) => ({
    command: [
      jdk.java,
      '-cp',
      join(packageRoot, 'scenarios', 'leaks', 'target', 'classes'),
      'leaks.Main',
      program,
    ],
  })
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { cracPreflight } from ${ours('plugin.ts')}
     export default { plugins: [cracPreflight({ otlp: process.env.RECEIVER })] }`,
  )
  writeFileSync(
    join(folder, 'fleet.test.ts'),
    `import { scenario, test } from ${ours('index.ts')}
     const ready = { log: /READY/ }
     scenario('orders', { app: ${JSON.stringify(app('FileInput'))}, ready, expect: { blockedBy: ['file:leaks'] } })
     test('no app', async ({ boot }) => { await boot({ command: ['/no/such/java'] }) })`,
  )
  const vitest = join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const run = (url: string) =>
    execa(process.execPath, [vitest, 'run'], {
      cwd: folder,
      reject: false,
      env: { RECEIVER: url, TRACEPARENT: '', OTEL_EXPORTER_OTLP_TIMEOUT: '500' },
    })
  const receiver = await startCollector()
  await run(receiver.url)
  const { spans } = await receiver.stop()
  const checks = spans.filter(({ name }) => name === 'check')
  expect(
    checks.map(({ service, attributes }) => [service, valuesOf(attributes)['crac.verdict']]).sort(),
  ).toEqual([
    ['no app', 'failed'],
    ['orders', 'blocked'],
  ])
  // Without CI's own trace each check is one by itself.
  expect(new Set(checks.map(({ traceId }) => traceId)).size).toBe(2)
  expect(checks.filter(({ parentSpanId = '' }) => parentSpanId !== '')).toEqual([])

  writeFileSync(
    join(folder, 'fleet.test.ts'),
    `import { test } from ${ours('index.ts')}
     test('no app', async ({ boot }) => { await boot({ command: ['/no/such/java'] }) })`,
  )
  const url = `http://127.0.0.1:${await freePort()}`
  const { exitCode, stderr } = await run(url)
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining(`crac-preflight: otlp was not written to ${url}: `),
  ])
})
