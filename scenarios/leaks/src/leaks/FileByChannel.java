package leaks;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file open through a channel. */
final class FileByChannel {
    private FileByChannel() {}

    static Object open(Path dir) throws IOException {
        return FileChannel.open(dir.resolve("channel.bin"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
