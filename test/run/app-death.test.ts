import { once } from 'node:events'
import { expect, test } from 'vitest'
import { preflight } from '../../harness/preflight.js'
import { bootApp as boot } from '../../harness/run/boot.js'
import type { BootedApp } from '../../harness/run/booted-app.js'
import type { RunningApp } from '../../harness/run/running-app.js'
import { compileJava, fixture, jdk } from '../support/java.js'

const dies = compileJava('dies', [fixture('java', '17', 'Dies.java')], 17)
const waits = compileJava('hold', [fixture('java', '17', 'Waits.java')], 17)
const spec = { command: [jdk.java, '-cp', dies, 'Dies'], ready: { log: /^READY/ } }
const ask = async (app: RunningApp): Promise<void> => {
  await fetch(/http\S+/.exec(app.output)?.[0] ?? '')
}

test('an app that dies of its warm-up is said to have died, with its status and its last words', async () => {
  const { verdict, failure } = await preflight(spec, { trace: 'none', warmUp: ask })
  expect(verdict).toBe('failed')
  expect(failure?.code).toBe('APP_DIED')
  expect(failure?.message).toMatch(/ended \(3\) during the warm-up[^]*\nout of order$/)
})

test('an app that dies between ready and checkpoint is not taken for one without a JVM', async () => {
  const app = await boot(spec, { trace: 'none' })
  await ask(app).catch(() => undefined)
  await app.exited
  await expect(app.checkpoint()).rejects.toMatchObject({
    code: 'APP_DIED',
    message: expect.stringMatching(/ended \(3\) after it was ready[^]*\nout of order$/) as string,
  })
  await app.stop()
})

test('what fails after the check is told for itself, and the report is there', async () => {
  const warned = once(process, 'warning')
  let exited: BootedApp['exited'] | undefined
  const report = await preflight(
    { command: [jdk.java, '-cp', waits, 'Waits'], ready: spec.ready },
    {
      trace: 'none',
      beforeStop: (running) => {
        exited = (running as RunningApp & Pick<BootedApp, 'exited'>).exited
        return Promise.reject(new Error('no room for the log'))
      },
    },
  )
  expect(report.verdict).toBe('checkpointable')
  expect(String((await warned)[0])).toContain('no room for the log')
  // It was stopped all the same.
  expect(await exited).toBe(143)
})
