package leaks;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file read through a stream. */
final class FileInput {
    private FileInput() {}

    static Object open(Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("input.txt"), "some text");
        return new FileInputStream(file.toFile());
    }
}
