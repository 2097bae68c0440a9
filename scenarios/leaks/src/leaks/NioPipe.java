package leaks;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.Path;

/** A pipe between two threads. */
final class NioPipe {
    private NioPipe() {}

    static Object open(Path dir) throws IOException {
        return Pipe.open();
    }
}
