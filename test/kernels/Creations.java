import java.io.File;
import java.io.FileInputStream;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;

/** Opens descriptors in methods of its own, and says which: "MADE <method> <fd>", then READY. Waits for its input to end. */
public class Creations {
    private static final List<Object> kept = new ArrayList<>();
    private static final InetAddress loopback = InetAddress.getLoopbackAddress();

    static void inputStream() throws Exception { kept.add(new FileInputStream("/proc/self/status")); }
    static void randomAccess() throws Exception { kept.add(new RandomAccessFile("/dev/zero", "r")); }
    static void fileChannel() throws Exception { kept.add(FileChannel.open(Path.of("/dev/null"))); }
    /** A file of the root file system: in a guest an overlay over virtiofs. */
    static void overlay() throws Exception { kept.add(new FileInputStream("/etc/passwd")); }
    static void directory() throws Exception { kept.add(Files.newDirectoryStream(Path.of("/proc"))); }
    static void zip() throws Exception { kept.add(new ZipFile(System.getProperty("zip"))); }
    static void serverSocket() throws Exception { kept.add(new ServerSocket(0, 1, loopback)); }
    static void datagram() throws Exception { kept.add(new DatagramSocket(0, loopback)); }
    static void datagramChannel() throws Exception { kept.add(DatagramChannel.open()); }
    static void socketChannel() throws Exception { kept.add(SocketChannel.open()); }
    static void serverChannel() throws Exception { kept.add(ServerSocketChannel.open()); }
    static void pipe() throws Exception { kept.add(Pipe.open()); }
    static void selector() throws Exception { kept.add(Selector.open()); }
    static void watchService() throws Exception { kept.add(FileSystems.getDefault().newWatchService()); }
    static void process() throws Exception { kept.add(new ProcessBuilder("cat").start()); }

    static void accepted() throws Exception {
        ServerSocket server = new ServerSocket(0, 1, loopback);
        kept.add(new Socket(loopback, server.getLocalPort()));
        kept.add(server.accept());
        kept.add(server);
    }

    static void inThread() throws Exception {
        Thread thread = new Thread(Creations::openInThread);
        thread.start();
        thread.join();
    }

    static void openInThread() {
        try {
            kept.add(new RandomAccessFile("/dev/zero", "r"));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Integer> open() {
        Set<Integer> numbers = new TreeSet<>();
        for (String name : new File("/proc/self/fd").list()) numbers.add(Integer.valueOf(name));
        // The listing's own descriptor is among them, and is closed by now.
        numbers.removeIf(fd -> !Files.isSymbolicLink(Path.of("/proc/self/fd/" + fd)));
        return numbers;
    }

    interface Creation { void run() throws Exception; }

    private static void make(String method, Creation creation) throws Exception {
        Set<Integer> before = open();
        creation.run();
        Set<Integer> made = open();
        made.removeAll(before);
        for (int fd : made) System.out.println("MADE " + method + " " + fd);
    }

    public static void main(String[] args) throws Exception {
        open();
        make("inputStream", Creations::inputStream);
        make("randomAccess", Creations::randomAccess);
        make("fileChannel", Creations::fileChannel);
        make("overlay", Creations::overlay);
        make("directory", Creations::directory);
        make("zip", Creations::zip);
        make("serverSocket", Creations::serverSocket);
        make("datagram", Creations::datagram);
        make("datagramChannel", Creations::datagramChannel);
        make("socketChannel", Creations::socketChannel);
        make("serverChannel", Creations::serverChannel);
        make("pipe", Creations::pipe);
        make("selector", Creations::selector);
        make("watchService", Creations::watchService);
        make("process", Creations::process);
        make("accepted", Creations::accepted);
        make("openInThread", Creations::inThread);
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
    }
}
