/**
 * One program with many owners of descriptors, of the kinds that the recordings have, reached in other ways. Its argument
 * says which; like the recordings' it says READY and waits.
 */
export const Owners = `import java.io.*; import java.net.*; import java.nio.channels.*; import java.nio.file.*; import java.util.*; import java.util.zip.*;
import java.util.concurrent.Callable; import jdk.crac.*;
public class Owners {
    static final List<Object> held = new ArrayList<>();
    static <T> T keep(T t) { held.add(t); return t; }
    static InetSocketAddress local() { return new InetSocketAddress("127.0.0.1", 0); }
    static ServerSocketChannel listener() throws Exception { ServerSocketChannel l = keep(ServerSocketChannel.open()).bind(local()); l.configureBlocking(false); return l; }
    static void blockIn(Selector s) throws Exception { Thread t = new Thread(() -> { try { while (true) s.select(); } catch (Exception e) { } }); t.setDaemon(true); t.start(); Thread.sleep(300); }
    static Process sleep(ProcessBuilder b) throws Exception { Process p = keep(b.start()); Runtime.getRuntime().addShutdownHook(new Thread(p::destroyForcibly)); return p; }
    static class Res implements Resource { final Callable<?> before, after; Res(Callable<?> b, Callable<?> a) { before = b; after = a; Core.getGlobalContext().register(keep(this)); }
        public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { before.call(); }
        public void afterRestore(Context<? extends Resource> c) throws Exception { after.call(); } }
    static void leakListener() throws Exception { ServerSocketChannel.open().bind(local()); }
    static void leakDatagram() throws Exception { DatagramChannel.open().bind(local()); }
    static void leakPipe() throws Exception { Pipe.open(); }
    static URL inJar() throws Exception { return new URL("jar:file:plugin.jar!/Plug.class"); }
    static void readJar() throws Exception { inJar().openStream().read(); }
    static void readJarHere() throws Exception { InputStream in = inJar().openStream(); in.read(); in.close(); Hold.ready(); }
    public static void main(String[] a) throws Exception {
        switch (a[0].replace('_', ' ')) {
            case "channel of a RandomAccessFile" -> keep(new RandomAccessFile("dir/../data.txt", "r").getChannel());
            case "file that is deleted on close" -> keep(FileChannel.open(Path.of("gone-soon.txt"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
            case "two ZipFiles over one file" -> { keep(new ZipFile("data.zip")); keep(new ZipFile("data.zip")); }
            case "closed URLClassLoader" -> { URLClassLoader l = keep(new URLClassLoader(new URL[] { new File("plugin.jar").toURI().toURL() })); l.loadClass("Plug"); l.close(); }
            case "jar: URL, read in a frame that is gone" -> readJar();
            case "jar: URL, read in a frame that waits" -> readJarHere();
            case "random device opened by the app" -> keep(new FileInputStream("/dev/urandom"));
            case "System.in closed" -> System.in.close();
            case "stream over FileDescriptor.in" -> keep(new FileInputStream(FileDescriptor.in));
            case "mapped file, its channel closed" -> { try (FileChannel c = FileChannel.open(Path.of("data.txt"))) { keep(c.map(FileChannel.MapMode.READ_ONLY, 0, 1)); } }
            case "directory stream" -> keep(Files.newDirectoryStream(Path.of("dir")));
            case "connected datagram channel" -> { DatagramChannel d = DatagramChannel.open().bind(local()); keep(DatagramChannel.open()).connect(d.getLocalAddress()); d.close(); }
            case "leaked datagram channel" -> leakDatagram();
            case "leaked listener" -> leakListener();
            case "new Socket()" -> keep(new Socket());
            case "bound SocketChannel" -> keep(SocketChannel.open()).bind(local());
            case "unbound unix sockets" -> { keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX)); keep(SocketChannel.open(StandardProtocolFamily.UNIX)); }
            case "connected unix sockets" -> { UnixDomainSocketAddress u = UnixDomainSocketAddress.of("u.sock"); Files.deleteIfExists(u.getPath()); keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX)).bind(u); keep(SocketChannel.open(u)); keep(((ServerSocketChannel) held.get(0)).accept()); }
            case "closed asynchronous channel" -> keep(AsynchronousSocketChannel.open()).close();
            case "cancelled key, nobody selects" -> { SelectionKey k = listener().register(keep(Selector.open()), 16); k.selector().selectNow(); k.cancel(); }
            case "cancelled key, a thread selects" -> { SelectionKey k = listener().register(keep(Selector.open()), 16); blockIn(k.selector()); k.cancel(); }
            case "key without an interest" -> listener().register(keep(Selector.open()), 0);
            case "key whose interest is gone" -> { SelectionKey k = listener().register(keep(Selector.open()), 16); k.selector().selectNow(); k.interestOps(0); }
            case "key that the selecting thread has not seen" -> { Selector s = keep(Selector.open()); blockIn(s); listener().register(s, 16); }
            case "selector with a wakeup pending" -> keep(Selector.open()).wakeup();
            case "selector over one end of a pipe" -> { Pipe p = keep(Pipe.open()); p.source().configureBlocking(false); p.source().register(keep(Selector.open()), 1); }
            case "pipe, one end closed" -> keep(Pipe.open()).sink().close();
            case "pipe, both ends closed" -> { Pipe p = keep(Pipe.open()); p.source().close(); p.sink().close(); }
            case "one end of a leaked pipe" -> keep(Pipe.open().source());
            case "leaked pipe" -> leakPipe();
            case "process, its input closed" -> sleep(new ProcessBuilder("sleep", "60")).getOutputStream().close();
            case "process that writes to a file" -> sleep(new ProcessBuilder("sleep", "60").redirectOutput(new File("p.out")).redirectError(ProcessBuilder.Redirect.DISCARD));
            case "two watch services" -> { keep(FileSystems.getDefault().newWatchService()); Path.of("dir").register(keep(FileSystems.getDefault().newWatchService()), StandardWatchEventKinds.ENTRY_CREATE); }
            case "file opened by beforeCheckpoint" -> new Res(() -> keep(new FileInputStream("data.txt")), () -> { ((Closeable) held.get(1)).close(); return held.remove(1); });
            case "channel closed by beforeCheckpoint, its key left" -> { ServerSocketChannel l = listener(); l.register(keep(Selector.open()), 16); new Res(() -> { l.close(); return 0; }, () -> 0); }
            default -> throw new Error(a[0]);
        }
        Hold.ready(); } }
`

/** A virtual thread waits in a selector, where a key is registered behind its back. */
export const VirtualSelect = `import java.net.*; import java.nio.channels.*;
public class VirtualSelect { static Selector s; static ServerSocketChannel l;
    public static void main(String[] a) throws Exception {
        s = Selector.open(); l = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0)); l.configureBlocking(false);
        Thread t = Thread.ofVirtual().start(() -> { try { while (true) s.select(); } catch (Exception e) { } });
        while (t.getState() != Thread.State.WAITING) Thread.sleep(10);
        l.register(s, 16); Hold.ready(); } }
`
