package leaks;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;

/** A datagram socket. */
final class Datagram {
    private Datagram() {}

    static Object open(Path dir) throws IOException {
        return new DatagramSocket(0, InetAddress.getLoopbackAddress());
    }
}
