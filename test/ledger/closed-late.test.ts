import { afterAll, expect, test } from 'vitest'
import { preflight } from '../../harness/preflight.js'
import { openWorkshop } from '../checkpoint/rehearsal/programs/rehearsed-app.js'
import { jdk } from '../support/java.js'

/** Its beforeCheckpoint only orders the close; what the port was bound at is asked for again under the same number. */
const program = `import java.io.*; import java.net.*; import java.util.concurrent.*; import jdk.crac.*;
public class Late implements Resource { static final Late me = new Late(); static int delay; static ServerSocket server; static FileInputStream other;
    static final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(r -> { Thread t = new Thread(r); t.setDaemon(true); return t; });
    static ServerSocket open() throws Exception { return new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); }
    public void beforeCheckpoint(Context<? extends Resource> c) {
        timer.schedule(() -> { server.close(); other = new FileInputStream("/proc/self/status"); return null; }, delay, TimeUnit.MILLISECONDS); }
    public void afterRestore(Context<? extends Resource> c) { }
    public static void main(String[] a) throws Exception { delay = Integer.parseInt(a[0]); server = open(); timer.submit(() -> { }).get();
        Core.getGlobalContext().register(me); System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Late: program })
afterAll(() => {
  workshop.remove()
})

const late = (delay: number) => ({
  command: [jdk.java, '-cp', workshop.jar, 'Late', String(delay)],
  cwd: workshop.folder,
  ready: { log: /READY/ },
})

test.each(['preload', 'auto'] as const)(
  'what was closed too late is told with the line that opened it (%s)',
  async (trace) => {
    let report = await preflight(late(50), { trace })
    // On a slow machine even the first look comes later than that: nothing is too late then.
    for (const delay of [150, 500, 1500])
      if (report.blockers.length === 0) report = await preflight(late(delay), { trace })
    const { blockers, descriptors, failure } = report
    expect(failure).toBeNull()
    const [listener, ...others] = blockers.filter(({ id }) => id === 'listening-socket:Late.open')
    expect(others).toEqual([])
    expect(listener?.owner?.frame).toMatch(/^Late\.open\(Late\.java:\d\)$/)
    const [fd] = listener?.descriptors ?? []
    expect(descriptors.find((each) => each.fd === fd)).toMatchObject({
      kind: 'socket',
      verdict: 'blocked',
      // Where it is closed between the judgement and the look at the table, it was open when it was judged.
      rule: expect.stringMatching(/^(?:closed after beforeCheckpoint had returned|open socket)$/) as unknown,
    })
  },
)
