package leaks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.FileHandler;

/** A java.util.logging file, which holds a lock file besides. */
final class LogFile {
    private LogFile() {}

    static Object open(Path dir) throws IOException {
        return new FileHandler(dir.resolve("app.log").toString());
    }
}
