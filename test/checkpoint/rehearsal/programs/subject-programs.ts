/** Holds one of everything that a rehearsal speaks of; with arguments, files of these names instead. */
export const AllKinds = `import java.io.*; import java.net.*; import java.nio.channels.*; import java.nio.file.*; import java.util.*;
public class AllKinds {
    static final List<Object> held = new ArrayList<>();
    static <T> T keep(T t) { held.add(t); return t; }
    static InetSocketAddress local() { return new InetSocketAddress("127.0.0.1", 0); }
    static void files() throws Exception {
        keep(new FileInputStream("data.txt"));
        keep(FileChannel.open(Path.of("data.txt")));
        keep(AsynchronousFileChannel.open(Path.of("data.txt")));
        keep(Files.newDirectoryStream(Path.of("dir")));
        keep(FileSystems.getDefault().newWatchService());
    }
    static void sockets() throws Exception {
        ServerSocket old = keep(new ServerSocket(0));
        keep(new Socket("localhost", old.getLocalPort())); keep(old.accept());
        ServerSocketChannel l = keep(ServerSocketChannel.open()).bind(local());
        keep(ServerSocketChannel.open());
        SocketChannel client = keep(SocketChannel.open(l.getLocalAddress())); keep(l.accept());
        keep(SocketChannel.open()).bind(local());
        keep(SocketChannel.open());
        UnixDomainSocketAddress u = UnixDomainSocketAddress.of("all.sock"); Files.deleteIfExists(u.getPath());
        ServerSocketChannel ul = keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX)).bind(u);
        keep(SocketChannel.open(u)); keep(ul.accept());
        keep(DatagramChannel.open()).bind(local()); keep(new DatagramSocket(0));
        keep(AsynchronousServerSocketChannel.open()).bind(local()); keep(AsynchronousServerSocketChannel.open()); keep(AsynchronousSocketChannel.open());
        Selector s = keep(Selector.open());
        l.configureBlocking(false); client.configureBlocking(false);
        l.register(s, SelectionKey.OP_ACCEPT); client.register(s, SelectionKey.OP_READ); s.selectNow();
    }
    public static void main(String[] names) throws Exception {
        for (String name : names) keep(new FileOutputStream(name.replace('_', ' ')));
        if (names.length == 0) {
            files(); sockets();
            keep(Pipe.open());
            Process p = keep(new ProcessBuilder("sleep", "60").start()); Runtime.getRuntime().addShutdownHook(new Thread(p::destroyForcibly));
        }
        Hold.ready();
    }
}
`
