package leaks;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/** A file written through a stream. */
final class FileOutput {
    private FileOutput() {}

    static Object open(Path dir) throws IOException {
        return new FileOutputStream(dir.resolve("output.txt").toFile());
    }
}
