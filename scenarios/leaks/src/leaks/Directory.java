package leaks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that is being read. */
final class Directory {
    private Directory() {}

    static Object open(Path dir) throws IOException {
        return Files.newDirectoryStream(dir);
    }
}
