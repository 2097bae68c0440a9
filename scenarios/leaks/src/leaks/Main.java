package leaks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;

/** Opens one descriptor of each kind that is named (all, if none is), prints READY and waits to be ended. */
public final class Main {
    private interface Kind {
        Object open(Path dir) throws IOException;
    }

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("AsyncFile", AsyncFile::open),
            Map.entry("AsyncListener", AsyncListener::open),
            Map.entry("BusySelector", BusySelector::open),
            Map.entry("ChannelPair", ChannelPair::open),
            Map.entry("ChildProcess", ChildProcess::open),
            Map.entry("Datagram", Datagram::open),
            Map.entry("DatagramByChannel", DatagramByChannel::open),
            Map.entry("Directory", Directory::open),
            Map.entry("DirectoryList", DirectoryList::open),
            Map.entry("FileByChannel", FileByChannel::open),
            Map.entry("FileInput", FileInput::open),
            Map.entry("FileOutput", FileOutput::open),
            Map.entry("Forgotten", Forgotten::open),
            Map.entry("HttpService", HttpService::open),
            Map.entry("IdleSelector", IdleSelector::open),
            Map.entry("Jar", Jar::open),
            Map.entry("Listener", Listener::open),
            Map.entry("ListenerChannel", ListenerChannel::open),
            Map.entry("LoaderJar", LoaderJar::open),
            Map.entry("LogFile", LogFile::open),
            Map.entry("NioPipe", NioPipe::open),
            Map.entry("NioStream", NioStream::open),
            Map.entry("RandomAccess", RandomAccess::open),
            Map.entry("SocketPair", SocketPair::open),
            Map.entry("UnixListener", UnixListener::open),
            Map.entry("UnixPair", UnixPair::open),
            Map.entry("Watch", Watch::open),
            Map.entry("Zip", Zip::open),
            Map.entry("ZipFolder", ZipFolder::open));

    private static final List<Object> held = new ArrayList<>();

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Map<String, Kind> wanted = new TreeMap<>(KINDS);
        if (args.length > 0) wanted.keySet().retainAll(List.of(args));
        if (args.length > 0 && wanted.size() < args.length) {
            System.err.println("usage: java -cp target/classes leaks.Main [KIND...]; kinds: " + new TreeSet<>(KINDS.keySet()));
            System.exit(2);
        }

        Path dir = Files.createTempDirectory("leaks");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(dir)));
        for (Kind kind : wanted.values()) held.add(kind.open(dir));
        System.out.println("READY");
        new CountDownLatch(1).await();
    }

    private static void delete(Path dir) {
        try (var files = Files.list(dir)) {
            for (Path file : files.toList()) Files.delete(file);
            Files.delete(dir);
        } catch (IOException e) {
            System.err.println("could not delete " + dir + ": " + e);
        }
    }
}
