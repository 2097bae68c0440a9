package leaks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory listed as a stream that nobody closes. */
final class DirectoryList {
    private DirectoryList() {}

    static Object open(Path dir) throws IOException {
        return Files.list(dir);
    }
}
