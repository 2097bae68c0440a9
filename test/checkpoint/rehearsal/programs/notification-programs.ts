/** Programs about who is notified, in which order, and what is open again afterwards; they say READY and wait. */
export const notificationPrograms: Record<string, string> = {
  Hoard: `import java.io.*; import java.util.*;
public class Hoard {
    public static void main(String[] a) throws Exception {
        Deque<Closeable> held = new ArrayDeque<>();
        System.getLogger("Hoard").log(System.Logger.Level.INFO, "what a log needs is open");
        try { while (true) held.add(new FileInputStream("/dev/null")); } catch (IOException none) { held.removeLast().close(); }
        System.out.println("READY"); Thread.sleep(600_000); } }`,

  Told: `import jdk.crac.*;
public class Told implements Resource { final String name; Told(String name) { this.name = name; }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { System.out.println("before " + name); }
    public void afterRestore(Context<? extends Resource> c) throws Exception { System.out.println("after " + name); } }`,

  Forgotten: `import jdk.crac.*;
public class Forgotten { static Told held = new Told("held");
    public static void main(String[] a) throws Exception {
        Core.getGlobalContext().register(held);
        for (int i = 0; i < 50; i++) Core.getGlobalContext().register(new Told("forgotten"));
        for (int i = 0; i < 3; i++) { System.gc(); Thread.sleep(50); }
        Hold.ready(); } }`,

  OwnContext: `import jdk.crac.*; import java.util.*;
public class OwnContext extends Context<Resource> { final List<Resource> mine = new ArrayList<>(); static OwnContext me = new OwnContext();
    static Told last = new Told("outer");
    public void register(Resource r) { mine.add(r); }
    public void beforeCheckpoint(Context<? extends Resource> c) throws CheckpointException {
        CheckpointException all = new CheckpointException();
        for (Resource r : mine) try { r.beforeCheckpoint(this); } catch (Exception e) { all.addSuppressed(e); }
        if (all.getSuppressed().length > 0) throw all; }
    public void afterRestore(Context<? extends Resource> c) throws RestoreException {
        RestoreException all = new RestoreException();
        for (int i = mine.size(); i-- > 0; ) try { mine.get(i).afterRestore(this); } catch (Exception e) { all.addSuppressed(e); }
        if (all.getSuppressed().length > 0) throw all; }
    public static void main(String[] a) throws Exception {
        me.register(new Told("first"));
        me.register(new Told("second") {
            public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { super.beforeCheckpoint(c); throw new Exception("not now"); }
            public void afterRestore(Context<? extends Resource> c) throws Exception { super.afterRestore(c); throw new Exception("not again"); } });
        Core.getGlobalContext().register(last); Core.getGlobalContext().register(me);
        Hold.ready(); } }`,

  Subclass: `import jdk.crac.*;
public class Subclass implements Resource { static Subclass me = new Subclass();
    static class Mine extends CheckpointException { public String getMessage() { return "mine"; } }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { Mine e = new Mine(); e.addSuppressed(new Exception("inside")); throw e; }
    public void afterRestore(Context<? extends Resource> c) { }
    public static void main(String[] a) throws Exception { Core.getGlobalContext().register(me); Hold.ready(); } }`,

  Twice: `import jdk.crac.*;
public class Twice { record Equal(String name) implements Resource {
        public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { System.out.println("before " + name); throw new Exception(name); }
        public void afterRestore(Context<? extends Resource> c) { System.out.println("after " + name); } }
    static Equal same = new Equal("same"), one = new Equal("equal"), other = new Equal("equal");
    public static void main(String[] a) throws Exception {
        Context<Resource> global = Core.getGlobalContext();
        global.register(same); global.register(same); global.register(one); global.register(other);
        if (a.length > 0) for (int i = 0; i < 3; i++) { System.gc(); Thread.sleep(50); }
        Hold.ready(); } }`,

  Ends: `import jdk.crac.*; import java.io.*; import java.util.*;
public class Ends { static List<Object> held = new ArrayList<>();
    @SuppressWarnings("unchecked") static <E extends Throwable> void end(Throwable t) throws E { throw (E) t; }
    static void add(String name, Throwable before, Throwable after) {
        Resource r = new Resource() {
            public void beforeCheckpoint(Context<? extends Resource> c) { System.out.println("before " + name); if (before != null) Ends.<RuntimeException>end(before); }
            public void afterRestore(Context<? extends Resource> c) { System.out.println("after " + name); if (after != null) Ends.<RuntimeException>end(after); } };
        held.add(r); Core.getGlobalContext().register(r); }
    public static void main(String[] a) throws Exception {
        List<String> how = Arrays.asList(a);
        if (how.contains("file")) held.add(new FileInputStream("data.txt"));
        add("one", null, how.contains("exception") ? new IOException("not again") : null);
        add("two", how.contains("before") ? new Throwable("neither") : null, how.contains("after") ? new AssertionError("too late") : null);
        add("three", null, null);
        if (how.contains("asks")) try { Core.checkpointRestore(); System.out.println("restored"); } catch (Throwable e) { System.out.println("caught " + e); }
        Hold.ready(); } }`,

  RestoreHangs: `import jdk.crac.*;
public class RestoreHangs implements Resource { static RestoreHangs me = new RestoreHangs();
    public void beforeCheckpoint(Context<? extends Resource> c) { }
    public void afterRestore(Context<? extends Resource> c) throws Exception { forever(); }
    static synchronized void forever() throws Exception { while (true) RestoreHangs.class.wait(); }
    public static void main(String[] a) throws Exception { Core.getGlobalContext().register(me); Hold.ready(); } }`,

  TwoAsk: `import jdk.crac.*;
public class TwoAsk { static Told slow = new Told("slow") {
        public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { super.beforeCheckpoint(c); Thread.sleep(300); } };
    static void ask() { try { Core.checkpointRestore(); System.out.println("restored"); } catch (Exception e) { System.out.println(e); } }
    public static void main(String[] a) throws Exception {
        Core.getGlobalContext().register(slow);
        Thread one = new Thread(TwoAsk::ask), other = new Thread(TwoAsk::ask); one.start(); other.start(); one.join(); other.join();
        Hold.ready(); } }`,

  Reopens: `import jdk.crac.*; import java.io.*; import java.net.*;
public class Reopens { static ServerSocket server; static FileInputStream file, other; static Socket client, accepted;
    static int port; static Thread late;
    static class Server implements Resource {
        public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { accepted.close(); server.close(); }
        public void afterRestore(Context<? extends Resource> c) {
            late = new Thread(() -> { try { Thread.sleep(100); server = new ServerSocket(port, 0, InetAddress.getByName("127.0.0.1")); } catch (Exception e) { System.out.println(e); } });
            late.start(); } }
    static class Files implements Resource {
        public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { file.close(); other.close(); client.close(); }
        public void afterRestore(Context<? extends Resource> c) throws Exception { file = new FileInputStream("data.txt"); throw new IOException("the pool is gone", new ConnectException("refused")); } }
    static Server one = new Server(); static Files two = new Files();
    public static void main(String[] a) throws Exception {
        server = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1")); port = server.getLocalPort();
        client = new Socket("127.0.0.1", port); accepted = server.accept();
        file = new FileInputStream("data.txt"); other = new FileInputStream("data.zip");
        Core.getGlobalContext().register(one); Core.getGlobalContext().register(two);
        System.out.println("port " + port); Hold.ready(); } }`,
  // Ports of the kernel's choice, on a thread that takes longer than a second; a class loader opens its jar when it is asked.
  ReopensLater: `import jdk.crac.*; import java.net.*; import java.nio.channels.*; import java.nio.file.*; import java.util.jar.*; import java.util.zip.*;
public class ReopensLater implements Resource { static ReopensLater me = new ReopensLater(); static Thread late;
    static DatagramChannel resolver; static ServerSocketChannel admin; static JarFile jar;
    static void open() throws Exception { resolver = DatagramChannel.open().bind(new InetSocketAddress(0)); admin = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0)); }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { resolver.close(); admin.close(); jar.close(); }
    public void afterRestore(Context<? extends Resource> c) {
        late = new Thread(() -> { try { Thread.sleep(1200); open(); } catch (Exception e) { System.out.println(e); } }); late.start(); }
    public static void main(String[] a) throws Exception {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(Path.of("more.jar")))) { out.putNextEntry(new ZipEntry("x")); }
        jar = new JarFile("more.jar"); open(); Core.getGlobalContext().register(me); Hold.ready(); } }`,
  // beforeCheckpoint only orders the close; a timer does it some milliseconds later.
  ClosesLater: `import jdk.crac.*; import java.net.*; import java.util.concurrent.*;
public class ClosesLater implements Resource { static ClosesLater me = new ClosesLater(); static ServerSocket server; static int after;
    static ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(r -> { Thread t = new Thread(r, "release"); t.setDaemon(true); return t; });
    public void beforeCheckpoint(Context<? extends Resource> c) { timer.schedule(() -> { server.close(); return null; }, after, TimeUnit.MILLISECONDS); }
    public void afterRestore(Context<? extends Resource> c) { }
    public static void main(String[] a) throws Exception { after = Integer.getInteger("after");
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress()); timer.submit(() -> { }).get();
        Core.getGlobalContext().register(me); Hold.ready(); } }`,
  // In time: beforeCheckpoint waits for the timer; and garbage, which the collector closes.
  ClosesInTime: `import jdk.crac.*; import java.io.*; import java.net.*;
public class ClosesInTime implements Resource { static ClosesInTime me = new ClosesInTime(); static ServerSocket server; static FileInputStream file;
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception {
        Thread t = new Thread(() -> { try { Thread.sleep(50); server.close(); } catch (Exception e) { } }); t.start(); t.join(); file = null; }
    public void afterRestore(Context<? extends Resource> c) { }
    public static void main(String[] a) throws Exception {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress()); file = new FileInputStream("data.txt");
        Core.getGlobalContext().register(me); Hold.ready(); } }`,
  ReopensElsewhere: `import jdk.crac.*; import java.net.*;
public class ReopensElsewhere implements Resource { static ReopensElsewhere me = new ReopensElsewhere(); static ServerSocket server;
    static ServerSocket at(int port) throws Exception { return new ServerSocket(port, 0, InetAddress.getLoopbackAddress()); }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { server.close(); }
    public void afterRestore(Context<? extends Resource> c) throws Exception { server = at(0); }
    public static void main(String[] a) throws Exception {
        for (int port = 21000; server == null; port++) try { server = at(port); } catch (BindException taken) { }
        Core.getGlobalContext().register(me); Hold.ready(); } }`,
}

/** The same questions in org.crac, whose every release looks for its implementation in its own way. */
export const orgCracProgram = `import org.crac.*;
public class Org implements Resource { final String name; Org(String name) { this.name = name; }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception {
        System.out.println("before " + name);
        if (name.equals("throws")) throw new IllegalStateException("busy"); }
    public void afterRestore(Context<? extends Resource> c) throws Exception {
        System.out.println("after " + name);
        if (name.equals("throws")) throw new java.io.IOException("not again"); }
    static Org one = new Org("one"), throwing = new Org("throws"), three = new Org("three");
    /** As Spring Boot does at its start. */
    static void bean() throws Exception {
        try { Class.forName("org.crac.management.CRaCMXBean").getMethod("getCRaCMXBean").invoke(null); }
        catch (ClassNotFoundException older) { } }
    public static void main(String[] a) throws Exception { bean();
        Context<Resource> global = Core.getGlobalContext();
        global.register(one); global.register(throwing); global.register(three); global.register(new Org("forgotten"));
        for (int i = 0; i < 3; i++) { System.gc(); Thread.sleep(50); }
        if (a.length > 0) try { Core.checkpointRestore(); } catch (CheckpointException e) {
            System.out.println("refused " + java.util.Arrays.toString(e.getSuppressed())); }
        System.out.println("READY"); Thread.sleep(60_000); } }`

/** A context of the app's own, registered for each argument; its aggregate holds another one that holds the first. */
export const orgCracContextProgram = `import org.crac.*; import java.util.*;
public class OrgContext extends Context<Resource> { final List<Resource> mine = new ArrayList<>(); static OrgContext me = new OrgContext();
    public void register(Resource r) { mine.add(r); }
    public void beforeCheckpoint(Context<? extends Resource> c) throws CheckpointException {
        System.out.println("before context");
        CheckpointException all = new CheckpointException();
        for (Resource r : mine) try { r.beforeCheckpoint(this); } catch (Exception e) { all.addSuppressed(e); }
        all.addSuppressed(new CheckpointException()); all.getSuppressed()[1].addSuppressed(all); throw all; }
    public void afterRestore(Context<? extends Resource> c) throws RestoreException {
        System.out.println("after context");
        RestoreException all = new RestoreException(); all.addSuppressed(new Exception("not again")); throw all; }
    public static void main(String[] a) throws Exception {
        me.register(new Resource() {
            public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { throw new Exception("not now"); }
            public void afterRestore(Context<? extends Resource> c) { } });
        for (String each : a) Core.getGlobalContext().register(me);
        System.out.println("READY"); Thread.sleep(60_000); } }`
