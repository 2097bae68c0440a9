import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listenersOf } from '../../harness/app/readiness/listening.js'
import { localHost } from '../../harness/host/local-host.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { preflight } from '../../harness/preflight.js'
import { bootApp as boot } from '../../harness/run/boot.js'
import type { Ready } from '../../harness/app/ready.js'
import { freePort } from '../../scenarios/free-port.js'
import { compileJava, fixture, jdk } from '../support/java.js'

const sources = ['Computes', 'LoadsClasses', 'Opens'].map((name) => fixture('java', '17', `${name}.java`))
const classes = compileJava('guessed', sources, 17)
const folder = mkdtempSync(join(tmpdir(), 'guessed-'))
const java = (...words: string[]) => ({ command: [jdk.java, '-cp', classes, ...words], cwd: folder })

test.concurrent.for([
  ['computes', ['Computes', '6']],
  ['computes after a word', ['Computes', '6', 'starting']],
  ['loads its classes slowly', ['LoadsClasses']],
  ['computes, and has no performance counters', ['-XX:-UsePerfData', 'Computes', '6', 'starting']],
] as const)('an app that %s is not taken as ready before it listens', async ([, words]) => {
  const app = await boot(java(...words), { trace: 'none' })
  try {
    const [listener] = await listenersOf(app.pid, localHost)
    expect(app.takenAsReady).toBe(`silent, listening on ${listener?.name ?? 'nothing'}`)
  } finally {
    await app.stop()
  }
})

test.concurrent('an app that neither prints nor listens is never taken as ready', async () => {
  const report = await preflight({ ...java('Opens', '0'), timeoutMs: 8000 }, { trace: 'none' })
  expect(report).toMatchObject({ verdict: 'failed', failure: { code: 'APP_NOT_READY' } })
  expect(report.failure?.message).toContain('it has neither printed anything nor does it listen')
  expect(report.failure?.message).toContain('say with --ready what makes it ready')
})

test.concurrent('words of the JVM are no words of the app', async () => {
  const spec = { ...java('Opens', '0'), env: { JAVA_TOOL_OPTIONS: '-Dx=1' }, timeoutMs: 8000 }
  const report = await preflight(spec, { trace: 'none' })
  expect(report.failure?.message).toContain('it has neither printed anything nor does it listen')
  expect(report.failure?.message).toContain('Picked up JAVA_TOOL_OPTIONS')
})

/** The real thing: Spring Boot with a runner that takes four silent seconds, and then opens a file and keeps it. */
const orders = async (...options: string[]) => {
  const prices = join(folder, 'prices.txt')
  writeFileSync(prices, '1\n')
  const jar = join(packageRoot, 'scenarios', 'spring-boot-web', 'target', 'orders.jar')
  const runner = [`--orders.prices=${prices}`, '--orders.prices-delay=4s']
  const own = ['--spring.profiles.active=clean', `--orders.folder=${folder}`]
  return {
    command: [jdk.java, ...options, '-jar', jar, `--server.port=${await freePort()}`, ...own, ...runner],
    cwd: folder,
    timeoutMs: 120_000,
  }
}

const silent = ['--spring.main.banner-mode=off', '--logging.level.root=off']

test.for<[string, string[], Ready | undefined, RegExp | null]>([
  ['is ready when it says so', [], undefined, /^as Spring says$/],
  ['that says nothing is ready when it has started', silent, undefined, /^silent, listening on \d+$/],
  ['that says nothing is ready when its threads are, by name', silent, { framework: 'spring' }, null],
])(
  'an app of Spring %s: what its runners open is there',
  { timeout: 180_000 },
  async ([, options, ready, taken]) => {
    const { command, ...rest } = await orders()
    const report = await preflight({ command: [...command, ...options], ...rest, ...(ready && { ready }) })
    expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
    expect(report.blockers.map(({ id }) => id)).toEqual(['file:com.example.orders.PriceList.run'])
    if (taken === null) expect(report.app.takenAsReady).toBeNull()
    else expect(report.app.takenAsReady).toMatch(taken)
  },
)

test("Spring's own checkpoint is awaited without a condition", { timeout: 180_000 }, async () => {
  const report = await preflight(await orders('-Dspring.context.checkpoint=onRefresh'))
  expect(report).toMatchObject({ failure: null, verdict: 'checkpointable' })
  expect(report.engine.output).toContain('Command executed successfully')
})

test.for(['-Xrs', '-XX:+DisableAttachMechanism'])('with %s a port is as good as ever', async (option) => {
  const app = await boot(java(option, 'Computes', '1', 'starting'), { trace: 'none' })
  expect(app.takenAsReady).toMatch(/^silent, listening on \d+$/)
  await app.stop()
})
