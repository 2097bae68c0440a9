package leaks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

/** A connection to oneself: the connecting and the accepted end. The listener is closed again. */
final class SocketPair {
    private SocketPair() {}

    static Object open(Path dir) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
            return List.of(client, listener.accept());
        }
    }
}
