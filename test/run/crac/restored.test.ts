/** A CRaC JDK's own checkpoint and restore: its engine writes the image, and its java brings the app back. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, expect } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import { boot, preflight, type PreflightOptions } from '../../../harness/preflight.js'
import type { RunningApp } from '../../../harness/run/running-app.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'
import { freePort } from '../../../scenarios/free-port.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../../support/capability.js'
import { criu } from '../../support/criu.js'
import { restoringJdk } from '../../support/restoring-jdk.js'

/** A server that counts its visitors, with what it is to do when it is back. */
const counts = `import com.sun.net.httpserver.*; import java.io.*; import java.net.*; import jdk.crac.*;
public class Counts implements Resource { static final Counts me = new Counts(); static HttpServer server; static int port, visitors; static String away; static FileInputStream file, leaked;
    static void start() throws Exception { server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", x -> { byte[] body = String.valueOf(++visitors).getBytes(); x.sendResponseHeaders(200, body.length); x.getResponseBody().write(body); x.close(); }); server.start(); }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { server.stop(0); server = null; if (file != null) file.close(); }
    public void afterRestore(Context<? extends Resource> c) throws Exception {
        if (away.equals("throws")) throw new IllegalStateException("no licence server");
        if (away.equals("dies")) Runtime.getRuntime().halt(3);
        if (away.equals("hangs")) Thread.sleep(Long.MAX_VALUE);
        start(); }
    public static void main(String[] a) throws Exception { port = Integer.parseInt(a[0]); away = a[1]; start(); Core.getGlobalContext().register(me);
        if (away.equals("forgets")) file = new FileInputStream("data.txt");
        if (away.equals("leaks")) leaked = new FileInputStream("data.txt");
        System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Counts: counts })
const { java } = restoringJdk('restored')
afterAll(() => {
  workshop.remove()
})

const app = (port: number, away = 'answers', ...options: string[]) => ({
  command: [java, ...options, '-cp', workshop.jar, 'Counts', String(port), away],
  cwd: workshop.folder,
  ready: { log: /READY/ },
})

const restore: PreflightOptions = { restore: true, trace: 'preload' }
const isGone = (pid: number | null): boolean => !existsSync(`/proc/${pid ?? 0}`)

function visiting(port: number): { answers: string[]; warmUp: (app: RunningApp) => Promise<void> } {
  const answers: string[] = []
  const warmUp = async (app: RunningApp) => {
    const response = await app.fetch(app.url(port), { signal: AbortSignal.timeout(10_000) })
    answers.push(await response.text())
  }
  return { answers, warmUp }
}

needing(criu)(
  'an app comes back by java -XX:CRaCRestoreFrom with its state, and answers, twice',
  async () => {
    const port = await freePort()
    const { answers, warmUp } = visiting(port)
    const report = await preflight(app(port, 'forgets'), { ...restore, warmUp, restoreBudgetMs: 1 })
    expect(report).toMatchObject({ failure: null, engine: { name: 'crac' } })
    expect(report.restoration).toMatchObject({ verdict: 'restored', engine: 'crac', reason: null })
    expect(answers).toEqual(['1', '2', '2'])
    expect(report.restoration?.imageBytes).toBeGreaterThan(1_000_000)
    expect(report.restoration?.numbers?.restored.latenciesMs).toHaveLength(1)
    expect(report.engine.restore).toMatchObject({
      restored: [expect.stringContaining(`127.0.0.1:${port}`) as string],
      missing: [`${workshop.folder}/data.txt`],
      failures: [],
    })
    // One millisecond is too little for anybody.
    expect(report.blockers.map(({ id }) => id)).toEqual(['after-restore:budget'])
    const text = renderTerminal(answerOf(report), { color: false, width: 400 })
    expect(text).toMatch(/restored by the CRaC JDK [\d.]+ in .*a cold start took .*answered again in/)
    expect(isGone(report.app.pid)).toBe(true)
  },
)

needing(criu)('behind a script it is the JVM alone that goes into the image and comes back', async () => {
  const port = await freePort()
  const { answers, warmUp } = visiting(port)
  const { command, ...spec } = app(port)
  const words = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`)
  const script = `${words.join(' ')}; exit $?`
  const running = await boot(
    { ...spec, command: ['sh', '-c', script], env: { JAVA_HOME: join(java, '..', '..') } },
    restore,
  )
  await warmUp(running)
  const report = await running.checkpoint()
  expect(report).toMatchObject({ failure: null, verdict: 'checkpointable' })
  expect(report.restoration).toMatchObject({ verdict: 'restored', engine: 'crac' })
  await warmUp(running)
  expect(answers).toEqual(['1', '2'])
  const { pid } = running
  await running.stop()
  expect(isGone(pid)).toBe(true)
})

needing(criu)(
  'what afterRestore throws stands on the app’s stderr, and fails the restore at its line',
  async () => {
    const port = await freePort()
    const report = await preflight(app(port, 'throws'), restore)
    expect(report).toMatchObject({ failure: null, verdict: 'blocked', engine: { name: 'crac' } })
    expect(report.blockers).toMatchObject([
      {
        kind: 'after-restore',
        summary: 'afterRestore throws IllegalStateException',
        owner: { frame: expect.stringMatching(/^Counts\.afterRestore\(/) as string },
      },
    ])
    expect(report.engine.restore?.failures).toEqual(['IllegalStateException: no licence server'])
    expect(report.restoration).toMatchObject({ verdict: 'restore-failed', engine: 'crac' })
  },
)

const faults = [
  ['dies', 'the app was back, and ended before its afterRestore had returned'],
  ['hangs', 'the app is back, and its afterRestore had not returned within 6000 ms'],
] as const

needing(criu).for(faults)('an app that %s in its afterRestore is told', async ([away, why]) => {
  const report = await preflight(app(await freePort(), away), { ...restore, checkpointTimeoutMs: 12_000 })
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.restoration).toMatchObject({ verdict: 'restore-failed', reason: why })
  await expect.poll(() => isGone(report.app.pid), { timeout: 20_000 }).toBe(true)
})

needing(criu)('where a descriptor speaks against it no image is made', async () => {
  const report = await preflight(app(await freePort(), 'leaks'), restore)
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.blockers).toMatchObject([{ kind: 'file', findings: [{ message: 'data.txt' }] }])
  expect(report.restoration).toMatchObject({ verdict: 'not-tried' })
})

needing(criu)('an engine that writes no image has nothing to restore', async () => {
  const report = await preflight(app(await freePort(), 'answers', '-XX:CREngine=simengine'), restore)
  expect(report.restoration).toMatchObject({
    verdict: 'not-tried',
    reason: expect.stringMatching(/writes no image/) as string,
  })
})

needing(criu).skipIf(process.env.CRAC_PREFLIGHT_CRAC_JAVA !== undefined)(
  'an image that another engine has written is refused in the words of java',
  async () => {
    const given = process.env.CRAC_PREFLIGHT_CRIU ?? ''
    const marks = join(workshop.folder, 'marks')
    const script = `#!/bin/sh\n[ "$1" = dump ] && printf warp > "$5/engine"\nexec "${given}" "$@"\n`
    writeFileSync(marks, script, { mode: 0o755 })
    process.env.CRAC_PREFLIGHT_CRIU = marks
    const other = restoringJdk('mismatch').java
    process.env.CRAC_PREFLIGHT_CRIU = given
    const { command, ...spec } = app(await freePort())
    const report = await preflight({ ...spec, command: [other, ...command.slice(1)] }, restore)
    expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
    expect(report.restoration).toMatchObject({
      verdict: 'restore-failed',
      reason: expect.stringMatching(
        /^The CRaC JDK could not bring the app back: .*mismatch for tag engine: 'warp' vs\. 'criuengine'/,
      ) as string,
    })
    expect(isGone(report.app.pid)).toBe(true)
  },
)

needing(criu)('an image that the user keeps is restored by its script', async () => {
  const port = await freePort()
  const folder = join(workshop.folder, 'kept')
  const { warmUp } = visiting(port)
  const report = await preflight(app(port), { ...restore, restoreOnce: true, keepImage: folder, warmUp })
  expect(report).toMatchObject({
    failure: null,
    verdict: 'checkpointable',
    restoration: { kept: { folder } },
  })
  expect(readFileSync(join(folder, 'restore.sh'), 'utf8')).toContain(`-XX:CRaCRestoreFrom=${folder}`)
  const restored = spawn(join(folder, 'restore.sh'), { stdio: 'ignore', detached: true })
  const ended = once(restored, 'exit')
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.text(),
      () => '',
    )
  await expect
    .poll(ask, { timeout: 20_000 })
    .toBe('2')
    .finally(() => restored.kill())
  await ended
})

needing(criu)('the user’s own folder has the image, which is restored from there', async () => {
  const port = await freePort()
  const folder = join(workshop.folder, 'own-image')
  const report = await preflight(app(port, 'answers', `-XX:CRaCCheckpointTo=${folder}`), restore)
  expect(report).toMatchObject({ failure: null, verdict: 'checkpointable' })
  expect(report.restoration).toMatchObject({ verdict: 'restored', kept: { folder } })
  expect(readdirSync(folder)).toContain('inventory.img')
  expect(existsSync(`${folder}.log`)).toBe(true)
})

writeFileSync(join(workshop.folder, 'data.txt'), 'x')
