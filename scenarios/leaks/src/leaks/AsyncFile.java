package leaks;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file open for asynchronous access. */
final class AsyncFile {
    private AsyncFile() {}

    static Object open(Path dir) throws IOException {
        return AsynchronousFileChannel.open(
                dir.resolve("async.bin"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
