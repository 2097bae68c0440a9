import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import { packageRoot } from '../../harness/host/package-root.js'
import '../../harness/vitest/index.js'
import { boot, preflight, type PreflightOptions } from '../../harness/preflight.js'
import type { RunningApp } from '../../harness/run/running-app.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { freePort } from '../../scenarios/free-port.js'
import { openWorkshop } from '../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../support/capability.js'
import { criu } from '../support/criu.js'
import { jdk, jdkOf, jdks } from '../support/java.js'

/** A server that counts its visitors. `away` is what it does once it has been restored: answer, hang or stay away. */
const counts = `import com.sun.net.httpserver.*; import java.net.*; import jdk.crac.*;
public class Counts implements Resource { static final Counts me = new Counts(); static HttpServer server; static int port, visitors; static String away; static boolean restored;
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", x -> {
            if (restored && away.equals("hang")) { java.nio.file.Files.writeString(java.nio.file.Path.of("hangs"), "" + ProcessHandle.current().pid()); while (true) try { Thread.sleep(1000); } catch (InterruptedException e) { } }
            byte[] body = String.valueOf(++visitors).getBytes(); x.sendResponseHeaders(200, body.length); x.getResponseBody().write(body); x.close(); });
        server.start(); }
    public void beforeCheckpoint(Context<? extends Resource> c) { server.stop(0); server = null; }
    public void afterRestore(Context<? extends Resource> c) throws Exception { restored = true; if (!away.equals("stays away")) start(); }
    public static void main(String[] a) throws Exception { port = Integer.parseInt(a[0]); away = a[1];
        start(); Core.getGlobalContext().register(me);
        // What its children hold CRIU sees, and no CRaC JDK does.
        if (a.length > 2) new ProcessBuilder(a).command(java.util.Arrays.copyOfRange(a, 2, a.length)).redirectInput(new java.io.File("/dev/null")).redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Counts: counts })
afterAll(() => {
  workshop.remove()
})

const command = (java: string, ...words: string[]) => [java, '-cp', workshop.jar, 'Counts', ...words]

const app = (port: number, away = 'answer', ...more: string[]) => ({
  command: command(jdk.java, String(port), away, ...more),
  cwd: workshop.folder,
  ready: { log: /READY/ },
})

const isGone = (pid: number | null): boolean => !existsSync(`/proc/${pid ?? 0}`)

const restore: PreflightOptions = { restore: true, trace: 'preload' }

/** Asks it once, and remembers what it has said. */
function visiting(port: number): { answers: string[]; warmUp: (app: RunningApp) => Promise<void> } {
  const answers: string[] = []
  const warmUp = async (app: RunningApp) => {
    const response = await app.fetch(app.url(port, '/'), { signal: AbortSignal.timeout(10_000) })
    answers.push(await response.text())
  }
  return { answers, warmUp }
}

for (const feature of [17, 21, 25] as const)
  needing(criu, jdkOf(feature))(
    `an app on JDK ${feature} comes back from its image with its state, and answers`,
    async () => {
      const java = jdks.find((jdk) => jdk.feature === feature)?.java ?? ''
      const port = await freePort()
      const { answers, warmUp } = visiting(port)
      const spec = { ...app(port), command: command(java, String(port), 'answer') }
      const report = await preflight(spec, { ...restore, warmUp })
      expect(report).toMatchObject({ verdict: 'checkpointable', blockers: [], failure: null })
      expect(report.restoration).toMatchObject({ verdict: 'restored', engine: 'criu', reason: null })
      expect(report.restoration?.imageBytes).toBeGreaterThan(1_000_000)
      // A new start would begin to count anew; the third one asks another life of the same image.
      expect(answers).toEqual(['1', '2', '2'])
      const text = renderTerminal(answerOf(report), { color: false, width: 400 })
      expect(text).toContain('nothing speaks against a checkpoint, and it came back from one')
      expect(text).toMatch(
        /restore +restored by CRIU [\d.]+ in .*a cold start took .*the image of \d+ MB .*answered again in/,
      )
      expect(isGone(report.app.pid)).toBe(true)
    },
  )

needing(criu)(
  'toRestore() is met by an app that comes back, and says what is missing of one that was not asked to',
  async () => {
    const [back, stays] = [await freePort(), await freePort()]
    const running = await boot(app(back), { restore: true, trace: 'preload' })
    try {
      await expect(running).toRestore()
      // Here it can be asked further.
      expect(await (await running.fetch(running.url(back, '/'))).text()).toBe('1')
    } finally {
      await running.stop()
    }
    const other = await boot(app(stays), { trace: 'none' })
    const failure: unknown = await expect(other)
      .toRestore()
      .catch((error: unknown) => error)
    await other.stop()
    expect(String(failure)).toContain('Counts was booted without "restore: true"')
  },
)

needing(criu)('an app that does not answer any more when it is back has failed its restore', async () => {
  const port = await freePort()
  const { warmUp } = visiting(port)
  const report = await preflight(app(port, 'stays away'), { ...restore, warmUp })
  expect(report.verdict).toBe('blocked')
  expect(report.blockers.map(({ id }) => id)).toEqual(['after-restore:answer'])
  expect(report.restoration).toMatchObject({
    verdict: 'restore-failed',
    reason: expect.stringContaining('after afterRestore') as unknown,
  })
})

needing(criu)('a port that somebody has taken meanwhile fails the restore at its Java line', async () => {
  const port = await freePort()
  const other = createServer((connection) => connection.destroy())
  // It gets the port as soon as beforeCheckpoint has given it away.
  other.on('error', () => setTimeout(take, 1))
  const take = () => other.listen(port, '127.0.0.1')
  const checking = preflight(app(port), {
    ...restore,
    warmUp: () => {
      if (!other.listening) take()
      return Promise.resolve()
    },
  })
  const report = await checking.finally(() => other.close())
  expect(report.blockers[0]).toMatchObject({
    id: 'after-restore:Counts.start',
    summary: 'afterRestore throws java.net.BindException',
    owner: { frame: expect.stringMatching(/^Counts\.start\(Counts\.java:\d+\)$/) as unknown },
  })
  expect(report.restoration).toMatchObject({ verdict: 'restore-failed', engine: 'criu' })
})

needing(criu)('what CRIU refuses speaks against the checkpoint, and the app runs on', async () => {
  const port = await freePort()
  const { answers, warmUp } = visiting(port)
  const outside = createServer().listen(join(workshop.folder, 'outside.sock'))
  const connects = `require('net').connect('outside.sock').on('connect', () => console.log('CONNECTED'))`
  try {
    const spec = app(port, 'answer', process.execPath, '-e', connects)
    const report = await preflight({ ...spec, ready: { log: /CONNECTED/ } }, { ...restore, warmUp })
    expect(report.verdict).toBe('blocked')
    expect(report.restoration).toMatchObject({
      verdict: 'restore-failed',
      reason: expect.stringMatching(/^CRIU refused to make the image: .*[Ee]xternal socket/) as unknown,
    })
    expect(report.engine.output).toContain('dump4.log')
    expect(answers).toEqual(['1'])
  } finally {
    outside.close()
  }
})

/** CRIU, with something that happens to the image before it restores. */
function withAccident(name: string, accident: string): string {
  const script = join(workshop.folder, name)
  writeFileSync(
    script,
    `#!/bin/sh\n[ "$1" = restore ] && { cd "$3" && ${accident}; }\nexec "${process.env.CRAC_PREFLIGHT_CRIU ?? ''}" "$@"\n`,
  )
  chmodSync(script, 0o755)
  return script
}

needing(criu)('an image that is damaged brings nobody back, and that is told', async () => {
  const port = await freePort()
  const given = process.env.CRAC_PREFLIGHT_CRIU
  process.env.CRAC_PREFLIGHT_CRIU = withAccident('cuts', 'truncate -s 100 pages-1.img')
  try {
    const report = await preflight(app(port), {
      ...restore,
      warmUp: visiting(port).warmUp,
      checkpointTimeoutMs: 10_000,
    })
    expect(report.failure).toBeNull()
    expect(report.blockers).toMatchObject([
      { id: 'after-restore:image', summary: 'the app could not be restored' },
    ])
    expect(report.restoration).toMatchObject({
      verdict: 'restore-failed',
      reason: expect.stringMatching(/^CRIU could not bring the app back: ./) as unknown,
      imageBytes: expect.any(Number) as unknown,
    })
    await expect.poll(() => isGone(report.app.pid), { timeout: 20_000 }).toBe(true)
  } finally {
    process.env.CRAC_PREFLIGHT_CRIU = given
  }
})

test('without CRIU nothing is restored, and the exit code tells it from a pass', async () => {
  const port = await freePort()
  const { code, output } = await check(port, 'answer', '/nowhere/criu')
  expect(output).toMatch(
    /restore +not tried: CRAC_PREFLIGHT_CRIU names "\/nowhere\/criu", and there is no such program/,
  )
  expect(code).toBe(3)
})

needing(criu)('a harness that is killed takes the restored app with it', async () => {
  const port = await freePort()
  const child = spawnCheck(port, 'hang', process.env.CRAC_PREFLIGHT_CRIU ?? '')
  const file = join(workshop.folder, 'hangs')
  await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 50_000 }).toMatch(/\d/)
  const pid = Number(readFileSync(file, 'utf8'))
  expect(isGone(pid)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => isGone(pid), { timeout: 20_000 }).toBe(true)
})

function spawnCheck(port: number, away: string, program: string) {
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  return spawn(
    process.execPath,
    [
      ...[cli, 'check', '--restore', '--trace', 'preload', '--ready', 'log=/READY/'],
      ...['--warm-up', `GET http://127.0.0.1:${port}/`, '--'],
      ...command(jdk.java, String(port), away),
    ],
    { cwd: workshop.folder, env: { ...process.env, CRAC_PREFLIGHT_CRIU: program }, stdio: 'pipe' },
  )
}

async function check(port: number, away: string, program: string): Promise<{ code: number; output: string }> {
  const child = spawnCheck(port, away, program)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}
