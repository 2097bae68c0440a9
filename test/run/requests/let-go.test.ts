import { afterAll, expect, test } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import { freePort } from '../../../scenarios/free-port.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { jdk } from '../../support/java.js'

/** Closes a connection as Tomcat does: in a worker, while its poller selects, for up to two seconds. */
const polls = `import java.net.*; import java.nio.*; import java.nio.channels.*;
public class Polls { public static void main(String[] a) throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(a[0])));
    Selector poller = Selector.open();
    new Thread(() -> { try { for (;;) { SocketChannel channel = server.accept(); channel.configureBlocking(false);
        channel.register(poller, SelectionKey.OP_READ); poller.wakeup(); } } catch (Exception e) { } }).start();
    System.out.println("READY");
    for (;;) { poller.select(2000);
        for (SelectionKey key : poller.selectedKeys()) { key.interestOps(0); new Thread(() -> serve(key, poller)).start(); }
        poller.selectedKeys().clear(); } }
    static void serve(SelectionKey key, Selector poller) { try { Thread.sleep(20); SocketChannel channel = (SocketChannel) key.channel();
        if (channel.read(ByteBuffer.allocate(10000)) < 0) { channel.close(); return; }
        channel.write(ByteBuffer.wrap("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok".getBytes()));
        key.interestOps(SelectionKey.OP_READ); poller.wakeup(); } catch (Exception e) { } } }`

const workshop = openWorkshop({ Polls: polls })
afterAll(() => {
  workshop.remove()
})

// CRaC 21.0.4 counts a key that was cancelled while its selector waits; later ones let go of it (openjdk/crac's selectors).
test.each([
  ['21.0.4', ['java.nio.channels.SocketChannel[closed]']],
  ['25', []],
] as const)(
  'a connection of the warm-up that its selector still holds, as %s',
  async (cracVersion, closed) => {
    const port = await freePort()
    const report = await preflight(
      { command: [jdk.java, '-cp', workshop.jar, 'Polls', String(port)], ready: { log: /READY/ } },
      { cracVersion, engine: 'rehearsal', warmUp: { url: `http://127.0.0.1:${port}/` } },
    )
    const messages = report.blockers.flatMap(({ findings }) => findings.map(({ message }) => message))
    expect(messages.filter((message) => message.includes('[closed]'))).toEqual(closed)
    expect(messages.some((message) => message.includes('ServerSocketChannel'))).toBe(true)
  },
)
