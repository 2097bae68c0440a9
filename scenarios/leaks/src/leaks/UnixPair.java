package leaks;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/** A connection over a unix-domain socket. The listener is closed again. */
final class UnixPair {
    private UnixPair() {}

    static Object open(Path dir) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(dir.resolve("pair.sock"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
            SocketChannel client = SocketChannel.open(address);
            return List.of(client, listener.accept());
        }
    }
}
