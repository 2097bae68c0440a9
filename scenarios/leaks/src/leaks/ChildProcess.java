package leaks;

import java.io.IOException;
import java.nio.file.Path;

/** A running child and the three pipes to it. */
final class ChildProcess {
    private ChildProcess() {}

    static Object open(Path dir) throws IOException {
        // It ends by itself when this end of its standard input is gone.
        return new ProcessBuilder("cat").start();
    }
}
