package leaks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.file.Path;

/** An asynchronous listener, with the channel group that its first use creates. */
final class AsyncListener {
    private AsyncListener() {}

    static Object open(Path dir) throws IOException {
        return AsynchronousServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
}
