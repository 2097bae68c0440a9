package leaks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

/** A listening socket. */
final class Listener {
    private Listener() {}

    static Object open(Path dir) throws IOException {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }
}
