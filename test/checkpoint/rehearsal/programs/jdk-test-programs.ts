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
            default -> throw new Error(a[0]);
        }
        Hold.ready(); } }
`
