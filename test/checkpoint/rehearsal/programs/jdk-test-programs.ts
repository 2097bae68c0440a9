/** Programs of our own that do what tests of the CRaC JDK do; their argument says which. */
export const JdkTests = `import java.net.*; import java.nio.channels.*; import java.nio.file.*; import java.util.*;
public class JdkTests {
    static final List<Object> held = new ArrayList<>();
    static <T> T keep(T t) { held.add(t); return t; }
    public static void main(String[] a) throws Exception {
        switch (a[0]) {
            case "nothing" -> { }
            case "WatchService" -> keep(FileSystems.getDefault().newWatchService());
            case "WatchKeys" -> Path.of("dir").register(keep(FileSystems.getDefault().newWatchService()), StandardWatchEventKinds.ENTRY_CREATE);
            case "Pipe" -> keep(Pipe.open());
            case "AsynchronousListener" -> keep(AsynchronousServerSocketChannel.open()).bind(new InetSocketAddress("127.0.0.1", 0));
            case "JrtFs" -> keep(FileSystems.newFileSystem(URI.create("jrt:/"), Map.of("java.home", System.getProperty("java.home"))));
            case "LastThread" -> { jdk.crac.Core.getGlobalContext().register(keep(new Restarts())); Restarts.awaitCheckpoint(); return; }
            default -> throw new Error(a[0]);
        }
        Hold.ready(); } }
/** Its only thread that is no daemon ends with beforeCheckpoint; afterRestore takes its time before it starts another. */
class Restarts implements jdk.crac.Resource {
    static java.util.concurrent.CountDownLatch asked = new java.util.concurrent.CountDownLatch(1);
    static void awaitCheckpoint() throws Exception { System.out.println("READY"); asked.await(); asked = new java.util.concurrent.CountDownLatch(1); }
    public void beforeCheckpoint(jdk.crac.Context<? extends jdk.crac.Resource> c) throws Exception {
        asked.countDown();
        for (boolean left = true; left; ) { Thread.sleep(10); left = false;
            for (Thread t : Thread.getAllStackTraces().keySet()) if (t.getName().equals("main")) left = true; } }
    public void afterRestore(jdk.crac.Context<? extends jdk.crac.Resource> c) throws Exception {
        Thread.sleep(200);
        Thread next = new Thread(() -> { try { awaitCheckpoint(); } catch (Exception e) { } }, "main");
        next.setDaemon(false); // it would take after the thread that calls
        next.start(); } }
`
