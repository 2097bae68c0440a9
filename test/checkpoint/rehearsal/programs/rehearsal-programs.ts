/** Programs that the recordings do not have; like theirs they say READY and wait. */
export const sources: Record<string, string> = {
  Serve: `import com.sun.net.httpserver.*; import java.net.*;
public class Serve { public static void main(String[] a) throws Exception {
    HttpServer h = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    h.createContext("/", x -> { x.sendResponseHeaders(200, 2); x.getResponseBody().write("ok".getBytes()); x.close(); });
    h.start(); System.out.println("port " + h.getAddress().getPort()); Hold.ready(); } }`,

  Order: `import jdk.crac.*; import java.util.*;
public class Order { static List<Object> held = new ArrayList<>(); static boolean late;
    static void add(int n) {
        Resource r = new Resource() {
            public void beforeCheckpoint(Context<? extends Resource> c) throws Exception {
                System.out.println("before " + n);
                if (n == 2 && !late) { late = true; add(5); }
                if (n == 3) throw new Exception("three");
                if (n == 4) { CheckpointException inside = new CheckpointException(); inside.addSuppressed(new Exception("four, inside")); throw inside; } }
            public void afterRestore(Context<? extends Resource> c) { System.out.println("after " + n); } };
        held.add(r); Core.getGlobalContext().register(r);
        if (n == 1) Core.getGlobalContext().register(r); }
    public static void main(String[] a) throws Exception { for (int n = 1; n <= 4; n++) add(n); Hold.ready(); } }`,

  Hang: `import jdk.crac.*;
public class Hang implements Resource { static Hang me = new Hang();
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { forever(); }
    static void forever() throws Exception { while (true) Thread.sleep(1000); }
    public void afterRestore(Context<? extends Resource> c) { }
    public static void main(String[] a) throws Exception { Core.getGlobalContext().register(me); Hold.ready(); } }`,

  Nested: `import jdk.crac.*;
public class Nested implements Resource { static Nested me = new Nested();
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception {
        try { Core.checkpointRestore(); } catch (CheckpointException e) { System.out.println("inside: " + e.getSuppressed()[0].getMessage()); throw e; } }
    public void afterRestore(Context<? extends Resource> c) { }
    public static void main(String[] a) throws Exception { Core.getGlobalContext().register(me); Hold.ready(); } }`,

  RestoreFails: `import jdk.crac.*;
public class RestoreFails implements Resource { static RestoreFails me = new RestoreFails();
    public void beforeCheckpoint(Context<? extends Resource> c) { }
    public void afterRestore(Context<? extends Resource> c) throws Exception { throw new java.io.IOException("not again"); }
    public static void main(String[] a) throws Exception { Core.getGlobalContext().register(me); Hold.ready(); } }`,

  Connected: `import java.net.*; import java.nio.channels.*;
public class Connected { public static void main(String[] a) throws Exception {
    ServerSocketChannel l = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    SocketChannel c = SocketChannel.open(l.getLocalAddress()), d = l.accept(); l.close();
    Hold.ready(); c.close(); d.close(); } }`,

  CpFile: `import java.io.*; import java.nio.file.*;
public class CpFile { public static void main(String[] a) throws Exception {
    Path jar = Path.of(System.getProperty("java.class.path"));
    FileInputStream in = new FileInputStream(Path.of("").toAbsolutePath().relativize(jar).toString());
    Hold.ready(); in.close(); } }`,

  Busy: `import java.io.*; import java.net.*; import java.nio.channels.*; import java.nio.file.*;
public class Busy {
    interface Work { void run() throws Exception; }
    static final java.util.concurrent.atomic.AtomicLong rounds = new java.util.concurrent.atomic.AtomicLong();
    static void go(Work work) { Thread t = new Thread(() -> { while (true) try { work.run(); rounds.incrementAndGet(); } catch (Exception e) { System.out.println(e); } }); t.setDaemon(true); t.start(); }
    static Object held;
    public static void main(String[] a) throws Exception {
        if (a.length > 0) held = new FileOutputStream(a[0]);
        for (int i = 0; i < 2; i++) {
            go(() -> { try (var in = new FileInputStream("data.txt")) { in.read(); } });
            go(() -> { try (var s = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0)); var c = SocketChannel.open(s.getLocalAddress()); var d = s.accept()) { } });
            go(() -> { try (var l = Files.list(Path.of("."))) { l.count(); } });
            go(() -> { try (var s = Selector.open()) { s.selectNow(); } }); }
        go(() -> { Thread.sleep(100); System.out.println("rounds " + rounds); });
        System.out.println("READY"); Thread.sleep(3_600_000); } }`,
}

/** The recordings name this program, but do not come with it; this is how its answers show it. */
export const SelBlocked = `import java.net.*; import java.nio.channels.*;
public class SelBlocked { public static void main(String[] a) throws Exception {
    ServerSocketChannel l = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    SocketChannel c = SocketChannel.open(l.getLocalAddress()); SocketChannel d = l.accept(); l.close();
    Selector s = Selector.open(); c.configureBlocking(false); c.register(s, SelectionKey.OP_READ);
    Thread t = new Thread(() -> { try { while (true) System.out.println("select " + s.select()); } catch (Exception e) { System.out.println(e); } });
    t.setDaemon(true); t.start(); Thread.sleep(200);
    Hold.ready(); d.close(); s.close(); } }
`
