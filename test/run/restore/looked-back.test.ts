/** What is told of a restore beside that it came back: the numbers, what is different, what is in the image. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import { boot, preflight } from '../../../harness/preflight.js'
import { toJunit } from '../../../reports/junit/junit.js'
import { toJson } from '../../../reports/json.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'
import { freePort } from '../../../scenarios/free-port.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../../support/capability.js'
import { criu } from '../../support/criu.js'
import { jdk } from '../../support/java.js'

/** Opens its server again, and forgets a file, a thread, a connection, and to seed its generators. */
const stale = `import com.sun.net.httpserver.*; import java.io.*; import java.net.*; import java.security.*; import java.util.*; import jdk.crac.*;
public class Stale implements Resource { static final Stale me = new Stale(); static HttpServer server; static int port; static Socket peer;
    static final Random ids = new Random(); static SecureRandom sessions; static final SecureRandom fresh = new SecureRandom();
    static FileInputStream file; static Thread worker;
    static void serve() throws Exception { server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", x -> { x.sendResponseHeaders(200, 2); x.getResponseBody().write(new byte[] { 'o', 'k' }); x.close(); }); server.start(); }
    static void work() { worker = new Thread(() -> { try { Thread.sleep(Long.MAX_VALUE); } catch (InterruptedException e) { } }, "worker-7"); worker.start(); }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { server.stop(0); file.close(); worker.interrupt(); worker.join(); }
    public void afterRestore(Context<? extends Resource> c) throws Exception { serve(); }
    public static void main(String[] a) throws Exception { port = Integer.parseInt(a[0]); fresh.nextInt(); ids.nextInt();
        sessions = SecureRandom.getInstance("SHA1PRNG"); sessions.setSeed(7); sessions.nextInt();
        if (a.length > 1) { peer = new Socket("127.0.0.1", Integer.parseInt(a[1])); }
        file = new FileInputStream("data.txt"); work(); serve(); Core.getGlobalContext().register(me);
        System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Stale: stale })
const sockets: Socket[] = []
const outside = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
await once(outside, 'listening')
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  outside.close()
  workshop.remove()
})

const policies = join(workshop.folder, 'ignore.yaml')
writeFileSync(policies, 'type: socket\nfamily: ipv4\naction: ignore\n')
const value = 'only-for-the-test-4711'

needing(criu)('numbers, differences with their lines, secrets and a budget, all of one restore', async () => {
  const port = await freePort()
  const peer = (outside.address() as AddressInfo).port
  const options = [`-Djdk.crac.resource-policies=${policies}`, `-Dpayment.apiKey=${value}`]
  const report = await preflight(
    {
      command: [jdk.java, ...options, '-cp', workshop.jar, 'Stale', String(port), String(peer)],
      cwd: workshop.folder,
      env: { DB_PASSWORD: `${value}-db` },
      ready: { log: /READY/ },
    },
    {
      restore: true,
      restoreBudgetMs: 1,
      trace: 'preload',
      warmUp: { url: `http://127.0.0.1:${port}/`, repeat: 3 },
    },
  )
  const { restoration } = report
  expect(report.failure).toBeNull()
  expect(restoration).toMatchObject({ verdict: 'restored', reason: null, budgetMs: 1 })
  // One millisecond is too little for anybody.
  expect(report.blockers.map(({ id }) => id)).toEqual(['after-restore:budget'])
  expect(report.blockers[0]?.summary).toMatch(/^the restore took \d+ ms, and its budget is 1 ms$/)

  const { coldStart, restored, imageBytes = 0, compressedBytes } = restoration?.numbers ?? {}
  for (const start of [coldStart, restored]) {
    expect(start?.latenciesMs).toHaveLength(3)
    expect(start?.firstAnswerMs).toBeGreaterThanOrEqual(start?.readyMs ?? Infinity)
  }
  expect(restored?.readyMs).toBe(restoration?.restoreMs)
  expect(compressedBytes).toBeGreaterThan(1_000_000)
  expect(compressedBytes).toBeLessThan(imageBytes)

  const differences = restoration?.differences ?? []
  const told = differences.map(({ kind, change, what }) => `${kind} ${change} ${what}`)
  expect(told).toEqual(
    expect.arrayContaining([
      `listener restored tcp 127.0.0.1:${port} listening`,
      `descriptor missing ${workshop.folder}/data.txt`,
      `connection closed tcp to 127.0.0.1:${peer}`,
      'thread missing worker-N',
      'clock changed the wall clock',
      'random repeated Stale.ids (java.util.Random)',
      'random repeated Stale.sessions (java.security.SecureRandom (SHA1PRNG))',
    ]),
  )
  // It takes its numbers from the kernel.
  expect(told.join()).not.toContain('Stale.fresh')
  expect(told.filter((each) => / new |host-name|working-directory|environment/.test(each))).toEqual([])
  const frames = Object.fromEntries(differences.map(({ kind, frame }) => [kind, frame]))
  expect(frames.listener).toMatch(/^Stale\.serve\(Stale\.java:\d+\)$/)
  expect(frames.connection).toMatch(/^Stale\.main\(Stale\.java:\d+\)$/)
  for (const { change, remedy } of differences) expect(remedy === null).toBe(change === 'restored')

  expect(restoration?.secrets).toEqual([
    { name: 'DB_PASSWORD', from: 'environment' },
    { name: 'payment.apiKey', from: 'system-property' },
  ])
  const answer = answerOf(report)
  const text = renderTerminal(answer, { color: false, width: 400 })
  expect(text).toMatch(
    /numbers +ready after .* cold, .* restored; first answer after .*; median of 3 requests/,
  )
  expect(text).toMatch(/different +\S/)
  expect(text).toMatch(
    /secrets +DB_PASSWORD \(environment\), payment\.apiKey \(system property\) can be read/,
  )
  const junit = toJunit([answer])
  expect(junit).toMatch(/<property name="restore\.coldStart\.readyMs" value="\d+"\/>/)
  expect(junit).toMatch(/<property name="restore\.restored\.latenciesMs" value="[\d.]+ [\d.]+ [\d.]+"\/>/)
  for (const output of [text, junit, toJson(report)]) expect(output).not.toContain(value)
})

needing(criu)(
  'an app that was restored can be restored once more, with a pipe that it has inherited',
  async () => {
    const port = await freePort()
    const java = [jdk.java, '-cp', workshop.jar, 'Stale', String(port)].join(' ')
    // The shell waits for both: a zombie that is left to a container's first process may stay there for ever.
    const piped = `: | { exec 8<&0 </dev/null; exec ${java}; }`
    const app = await boot(
      {
        command: ['sh', '-c', piped],
        cwd: workshop.folder,
        ready: { log: /READY/ },
      },
      { restore: true, trace: 'preload' },
    )
    try {
      for (const time of ['first', 'second']) {
        const report = await app.checkpoint()
        expect({ time, ...report }).toMatchObject({
          verdict: 'checkpointable',
          blockers: [],
          restoration: { verdict: 'restored' },
        })
        const inherited = report.descriptors.find(({ fd }) => fd === 8)
        expect(inherited).toMatchObject({ kind: 'pipe', verdict: 'inherited' })
        expect(report.restoration?.differences.length).toBeGreaterThan(0)
        expect(await (await app.fetch(app.url(port))).text()).toBe('ok')
        // What is there no more the second time.
        if (time === 'first') expect(told(report.restoration?.differences)).toContain('thread missing')
      }
    } finally {
      await app.stop()
    }
    expect(() => execFileSync('kill', ['-0', String(app.pid)], { stdio: 'ignore' })).toThrow()
  },
)

const told = (differences: { kind: string; change: string }[] = []): string[] =>
  differences.map(({ kind, change }) => `${kind} ${change}`)
