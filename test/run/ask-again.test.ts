import { afterAll, expect, test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import { preflight } from '../../harness/preflight.js'
import type { RunningApp } from '../../harness/run/running-app.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { freePort } from '../../scenarios/free-port.js'
import { openWorkshop } from '../checkpoint/rehearsal/programs/rehearsed-app.js'
import { jdk } from '../support/java.js'

/** A server that says 503 once it has been stopped, unless afterRestore takes that back, after the given milliseconds. */
const serves = `import com.sun.net.httpserver.*; import java.net.*; import jdk.crac.*;
public class Serves implements Resource { static final Serves me = new Serves(); static HttpServer server; static int port, back; static volatile boolean stopped;
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", x -> { x.sendResponseHeaders(stopped ? 503 : 200, -1); x.close(); }); server.start(); }
    public void beforeCheckpoint(Context<? extends Resource> c) { stopped = true; server.stop(0); server = null; }
    public void afterRestore(Context<? extends Resource> c) throws Exception { start();
        if (back >= 0) new Thread(() -> { try { Thread.sleep(back); } catch (InterruptedException e) { } stopped = false; }).start(); }
    public static void main(String[] a) throws Exception { port = Integer.parseInt(a[0]); back = Integer.parseInt(a[1]);
        start(); Core.getGlobalContext().register(me); System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const throwing = `import java.io.IOException; import jdk.crac.*;
public class Throwing implements Resource { static final Throwing me = new Throwing();
    public void beforeCheckpoint(Context<? extends Resource> c) { }
    public void afterRestore(Context<? extends Resource> c) throws Exception { connect(); }
    static void connect() throws Exception {
        throw new IllegalStateException("no pool", new IOException("db.example: connection refused")); }
    public static void main(String[] a) throws Exception {
        Core.getGlobalContext().register(me); System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Serves: serves, Throwing: throwing })
afterAll(() => {
  workshop.remove()
})

const app = (...words: string[]) => ({
  command: [jdk.java, '-cp', workshop.jar, ...words],
  cwd: workshop.folder,
  ready: { log: /READY/ },
})

const asks = (port: number) => async (app: RunningApp) => {
  const { status } = await fetch(app.url(port, '/'))
  if (status !== 200) throw new Error(`GET / answered ${status}`)
}

test('an app that no longer answers after afterRestore is blocked, and its answer is told', async () => {
  const port = await freePort()
  const report = await preflight(app('Serves', String(port), '-1'), { warmUp: asks(port) })
  expect(report).toMatchObject({
    verdict: 'blocked',
    engine: { restore: { restored: [`tcp 127.0.0.1:${port} listening`], missing: [] } },
    blockers: [
      {
        id: 'after-restore:answer',
        kind: 'after-restore',
        findings: [{ message: expect.stringMatching(/^GET \/ answered 503, after afterRestore/) as unknown }],
      },
    ],
  })
})

test('an app that answers a moment after afterRestore is checkpointable', async () => {
  const port = await freePort()
  const report = await preflight(app('Serves', String(port), '700'), { warmUp: asks(port) })
  expect(report).toMatchObject({ verdict: 'checkpointable', blockers: [] })
})

test('where nothing was asked before, the report says that nothing was asked afterwards', async () => {
  const report = await preflight(app('Serves', String(await freePort()), '-1'))
  expect(report.verdict).toBe('checkpointable')
  expect(report.engine.note).toContain('whether it answers was not asked')
})

test('an afterRestore that throws fails the check, with its causes and its Java line', async () => {
  const report = await preflight(app('Throwing'))
  expect(report).toMatchObject({
    verdict: 'blocked',
    blockers: [
      {
        id: 'after-restore:Throwing.connect',
        summary: 'afterRestore throws java.lang.IllegalStateException',
        owner: { frame: expect.stringMatching(/^Throwing\.connect\(Throwing\.java:\d+\)$/) as unknown },
      },
    ],
  })
  const text = renderTerminal(answerOf(report), { color: false, width: 200 })
  expect(text).toContain('caused by java.io.IOException: db.example: connection refused')
  expect(text).toMatch(/thrown here\n +──▶ at Throwing\.connect/)
})
