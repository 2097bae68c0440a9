package leaks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file read through the stream that java.nio.file makes. */
final class NioStream {
    private NioStream() {}

    static Object open(Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("nio.txt"), "some text");
        return Files.newInputStream(file);
    }
}
