/** An image that the user keeps comes back without the harness. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { preflight } from '../../../harness/preflight.js'
import { reportSchema } from '../../../harness/model/report.js'
import { answerOf } from '../../../harness/model/answer.js'
import type { RunningApp } from '../../../harness/run/running-app.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'
import { freePort } from '../../../scenarios/free-port.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../../support/capability.js'
import { criu } from '../../support/criu.js'
import { jdk } from '../../support/java.js'

/** A server that counts its visitors, and gives each the next number as a cookie. */
const counts = `import com.sun.net.httpserver.*; import java.net.*; import java.util.*; import jdk.crac.*;
public class Counts implements Resource { static final Counts me = new Counts(); static HttpServer server; static int port, visitors; static final Random ids = new Random();
    static void start() throws Exception { server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", x -> { x.getResponseHeaders().add("Set-Cookie", "SESSION=" + new UUID(ids.nextLong(), ids.nextLong()) + "; Path=/"); x.getResponseHeaders().add("Set-Cookie", "theme=darkdark");
            byte[] body = String.valueOf(++visitors).getBytes(); x.sendResponseHeaders(200, body.length); x.getResponseBody().write(body); x.close(); }); server.start(); }
    public void beforeCheckpoint(Context<? extends Resource> c) { server.stop(0); }
    public void afterRestore(Context<? extends Resource> c) throws Exception { start(); System.out.println("RESTORED"); }
    public static void main(String[] a) throws Exception { port = Integer.parseInt(a[0]); start(); Core.getGlobalContext().register(me); System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Counts: counts })
afterAll(() => {
  workshop.remove()
})

const app = (port: number) => ({
  command: [jdk.java, '-cp', workshop.jar, 'Counts', String(port)],
  cwd: workshop.folder,
  ready: { log: /READY/ },
})

needing(criu)('an image that is kept is restored by its script; a cookie that repeats is told', async () => {
  const port = await freePort()
  const folder = join(workshop.folder, 'kept')
  const warmUp = async (app: RunningApp) => {
    await app.fetch(app.url(port))
  }
  const report = await preflight(app(port), { restore: true, keepImage: folder, trace: 'preload', warmUp })
  expect(report).toMatchObject({ failure: null, verdict: 'checkpointable', blockers: [] })
  const { kept = null, differences = [] } = report.restoration ?? {}
  const repeated = differences.filter(({ change }) => change === 'repeated').map(({ what }) => what)
  // What was the same from the start is a setting.
  expect(repeated).toEqual(['Counts.ids (java.util.Random)', 'cookie SESSION'])
  expect(kept).toMatchObject({ folder, use: [expect.stringMatching(/ restore --images-dir /) as string] })
  expect(readFileSync(join(folder, 'restore.sh'), 'utf8')).toBe(`#!/bin/sh\nexec ${kept?.use[0] ?? ''}\n`)
  expect(renderTerminal(answerOf(report), { color: false, width: 400 })).toContain(
    `the image is in ${folder}`,
  )

  const restored = spawn(join(folder, 'restore.sh'), { stdio: 'ignore', detached: true })
  const ended = once(restored, 'exit')
  try {
    const ask = () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        (response) => response.text(),
        () => '',
      )
    await expect.poll(ask, { timeout: 20_000 }).toBe('2')
    const printed = readFileSync(join(folder, 'output.log'), 'utf8').split('\n')
    // What it printed in the life that was checked is not in it.
    expect(printed.filter((line) => /^[A-Z]+$/.test(line))).toEqual(['READY', 'RESTORED'])
  } finally {
    if (report.app.pid !== null) process.kill(-report.app.pid, 'SIGKILL')
    await ended
  }
})

needing(criu)('the command line restores once, within a budget', async () => {
  const file = join(workshop.folder, 'once.json')
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  const options = ['--restore-once', '--restore-budget', '1ms', '--trace', 'none', '--ready', 'log=/READY/']
  const { command, cwd } = app(await freePort())
  const words = [cli, 'check', ...options, '--json', file, '--', ...command]
  const { status, stdout } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' })
  // One millisecond is too little for anybody.
  expect(stdout).toMatch(/the restore took \d+ ms, and its budget is 1 ms/)
  expect(status).toBe(1)
  const { restoration } = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  expect(restoration).toMatchObject({ verdict: 'restored', budgetMs: 1 })
  expect(restoration?.differences.map(({ change }) => change)).not.toContain('repeated')
})

test('a folder that has something in it takes no image', async () => {
  await expect(preflight(app(1), { restore: true, keepImage: workshop.folder })).rejects.toThrow(
    `--keep-image can't be "${workshop.folder}": there is something in it. Name a new folder.`,
  )
  expect(statSync(workshop.jar).isFile()).toBe(true)
})
