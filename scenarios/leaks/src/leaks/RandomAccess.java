package leaks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A file open for random access. */
final class RandomAccess {
    private RandomAccess() {}

    static Object open(Path dir) throws IOException {
        return new RandomAccessFile(dir.resolve("random.bin").toFile(), "rw");
    }
}
