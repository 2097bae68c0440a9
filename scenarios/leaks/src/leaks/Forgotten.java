package leaks;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A stream that nobody holds: its cleaner closes it before the checkpoint is judged. */
final class Forgotten {
    private Forgotten() {}

    static Object open(Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("forgotten.txt"), "some text");
        new FileInputStream(file.toFile()).read();
        return file;
    }
}
