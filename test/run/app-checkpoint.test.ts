import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { preflight } from '../../harness/preflight.js'
import { bootApp as boot } from '../../harness/run/boot.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { freePort } from '../../scenarios/free-port.js'
import { openWorkshop } from '../checkpoint/rehearsal/programs/rehearsed-app.js'
import { compileJava, fixture, jdk, jdks } from '../support/java.js'

const workshop = openWorkshop()
const folder = mkdtempSync(join(tmpdir(), 'orders-'))
afterAll(() => {
  workshop.remove()
  rmSync(folder, { recursive: true, force: true })
})

const springBoot = async (...options: string[]): Promise<{ command: string[]; port: number }> => {
  const port = await freePort()
  const jar = join(packageRoot, 'scenarios', 'spring-boot-web', 'target', 'orders.jar')
  const args = [`--server.port=${port}`, `--orders.folder=${folder}`, '--spring.profiles.active=clean']
  return { port, command: [jdk.java, ...options, '-jar', jar, ...args] }
}

test.each(jdks.map((one) => [one.feature, one] as const))(
  'a checkpoint that the app asks for itself is the one that is judged, on JDK %i',
  async (_feature, { java }) => {
    const command = [java, '-cp', workshop.jar, 'ApiFail']
    const report = await preflight({
      command,
      cwd: workshop.folder,
      ready: { log: /never/ },
      timeoutMs: 30_000,
    })
    expect(report).toMatchObject({ failure: null, verdict: 'blocked', engine: { name: 'rehearsal' } })
    expect(report.blockers).toHaveLength(1)
    expect(report.blockers[0]).toMatchObject({ kind: 'file', findings: [{ message: 'data.txt' }] })
  },
)

test(
  "Spring Boot's onRefresh checkpoint is judged, and the app starts for good afterwards",
  { timeout: 120_000 },
  async () => {
    const { command } = await springBoot('-Dspring.context.checkpoint=onRefresh')
    const report = await preflight({ command, ready: { log: /Started .* in/ }, timeoutMs: 60_000 })
    expect(report.failure).toBe(null)
    expect(report.engine.output).toContain('Command executed successfully')
    expect(report).toMatchObject({ verdict: 'checkpointable', blockers: [] })
  },
)

test(
  'a Spring Boot app serves requests before its rehearsal, after it, and after another',
  { timeout: 120_000 },
  async () => {
    const { command, port } = await springBoot()
    const app = await boot({ command, ready: { log: /Started .* in/ }, timeoutMs: 60_000 })
    try {
      const orders = async (): Promise<number> => (await fetch(app.url(port, '/orders'))).status
      for (let i = 0; i < 2; i++) {
        expect(await orders()).toBe(200)
        const { answer } = await app.askForCheckpoint()
        expect(answer.outcome).toBe('passed')
        // Spring's lifecycle stops the web server, and starts it again.
        expect(answer.restore).toMatchObject({
          restored: expect.arrayContaining([expect.stringMatching(`:${port} listening$`)]) as unknown,
          missing: [],
          failures: [],
        })
      }
      expect(await orders()).toBe(200)
    } finally {
      await app.stop()
    }
  },
)

const claims = compileJava('claims', [fixture('java/17/Claims.java')], 17)

test('a claim that a process of somebody else has asked is not believed', { timeout: 60_000 }, async () => {
  const stranger = spawn(jdk.java, ['-cp', claims, 'Claims'], { stdio: ['pipe', 'pipe', 'ignore'] })
  try {
    await once(stranger.stdout, 'data')
    const command = [jdk.java, '-cp', claims, 'Claims', String(stranger.pid)]
    const report = await preflight({ command, ready: { log: /never/ }, timeoutMs: 30_000 }, { trace: 'none' })
    expect(report).toMatchObject({
      verdict: 'failed',
      blockers: [],
      failure: {
        code: 'ENGINE_NO_ANSWER',
        message: expect.stringContaining(`says that process ${stranger.pid} has asked`) as string,
      },
    })
    // Nobody has asked the stranger anything.
    expect(existsSync(`/tmp/.java_pid${stranger.pid}`)).toBe(false)
  } finally {
    stranger.kill('SIGKILL')
  }
})
