package leaks;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.file.Path;

/** A selector without channels: the JDK closes and reopens it, so a checkpoint accepts it. */
final class IdleSelector {
    private IdleSelector() {}

    static Object open(Path dir) throws IOException {
        return Selector.open();
    }
}
