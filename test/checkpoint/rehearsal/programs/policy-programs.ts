/** Owners that policies are asked for. Its argument says which; like the recordings' it says READY and waits. */
export const Policed = `import java.io.*; import java.net.*; import java.nio.channels.*; import java.util.*;
public class Policed {
    static final List<Object> held = new ArrayList<>();
    static <T> T keep(T t) { held.add(t); return t; }
    static ServerSocket listener() throws Exception { return keep(new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))); }
    static void classPath(String path) { System.setProperty("java.class.path", path); }
    public static void main(String[] a) throws Exception {
        switch (a[0].replace('_', ' ')) {
            case "nothing" -> { }
            case "file" -> keep(new FileInputStream("data.txt"));
            case "closed file" -> keep(new FileInputStream("data.txt")).close();
            case "closed channel" -> keep(FileChannel.open(java.nio.file.Path.of("data.txt"))).close();
            case "stream and its channel" -> keep(keep(new RandomAccessFile("data.txt", "r")).getChannel());
            case "file, added to the class path later" -> { classPath(System.getProperty("java.class.path") + ":data.txt"); keep(new FileInputStream("data.txt")); }
            case "jar, taken from the class path later" -> { String jar = System.getProperty("java.class.path"); classPath("/none"); keep(new FileInputStream(jar)); }
            case "listener" -> listener();
            case "listener on every address" -> keep(new ServerSocket(0));
            case "connection" -> { ServerSocket s = listener(); keep(new Socket("127.0.0.1", s.getLocalPort())); keep(s.accept()); }
            case "listening channel" -> keep(ServerSocketChannel.open()).bind(new InetSocketAddress("127.0.0.1", 0));
            case "closed channel that a selector holds" -> { ServerSocketChannel l = keep(ServerSocketChannel.open()).bind(new InetSocketAddress("127.0.0.1", 0)); l.configureBlocking(false);
                Selector s = keep(Selector.open()); l.register(s, 16); Thread t = new Thread(() -> { try { while (true) s.select(); } catch (Exception e) { } }); t.setDaemon(true); t.start();
                while (Arrays.stream(t.getStackTrace()).noneMatch(f -> f.getClassName().equals("sun.nio.ch.EPoll"))) Thread.sleep(10);
                l.close(); }
            case "closed pipe" -> { Pipe p = keep(Pipe.open()); p.source().close(); p.sink().close(); }
            case "pipe, one end closed" -> keep(Pipe.open()).source().close();
            default -> throw new Error(a[0]);
        }
        Hold.ready(); } }
`
