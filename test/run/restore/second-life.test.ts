/** An image is there to be restored often: what comes back once, and is not there the second time, has failed. */
import { afterAll, expect } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import type { RunningApp } from '../../../harness/run/running-app.js'
import { freePort } from '../../../scenarios/free-port.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../../support/capability.js'
import { criu } from '../../support/criu.js'
import { jdk } from '../../support/java.js'

/** Takes a licence as it comes back, of which there is one; without it every request fails, or hangs. */
const licensed = `import com.sun.net.httpserver.*; import java.net.*; import java.nio.file.*; import jdk.crac.*;
public class Licensed implements Resource { static final Licensed me = new Licensed(); static HttpServer server; static int port; static boolean without; static String how;
    static void start() throws Exception { server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", x -> { while (without && how.equals("hangs")) try { Thread.sleep(1000); } catch (InterruptedException e) { }
            x.sendResponseHeaders(without ? 503 : 200, -1); x.close(); }); server.start(); }
    public void beforeCheckpoint(Context<? extends Resource> c) { server.stop(0); server = null; }
    public void afterRestore(Context<? extends Resource> c) throws Exception { without = Files.exists(Path.of("licence")); Files.writeString(Path.of("licence"), "taken"); start(); }
    public static void main(String[] a) throws Exception { port = Integer.parseInt(a[0]); how = a[1]; Files.deleteIfExists(Path.of("licence")); start(); Core.getGlobalContext().register(me);
        System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Licensed: licensed })
afterAll(() => {
  workshop.remove()
})

const ways = [
  ['fails', /did not answer the second time: .*answered 503/],
  ['hangs', /did not answer the second time: the warm-up had no answer within 15000 ms/],
] as const

needing(criu).for(ways)('a second life that %s has failed its restore', async ([how, reason]) => {
  const port = await freePort()
  const command = [jdk.java, '-cp', workshop.jar, 'Licensed', String(port), how]
  const report = await preflight(
    { command, cwd: workshop.folder, ready: { log: /READY/ } },
    {
      restore: true,
      trace: 'none',
      checkpointTimeoutMs: 16_000,
      warmUp: async (app: RunningApp) => {
        const { ok, status } = await app.fetch(app.url(port))
        if (!ok) throw new Error(`it answered ${status}`)
      },
    },
  )
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.restoration).toMatchObject({
    verdict: 'restore-failed',
    reason: expect.stringMatching(reason) as string,
  })
  expect(report.blockers).toMatchObject([{ kind: 'after-restore', summary: 'the app no longer answers' }])
})
