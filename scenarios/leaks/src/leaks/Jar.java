package leaks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.JarFile;

/** A jar that the app itself opened and that is not on the class path. */
final class Jar {
    private Jar() {}

    static Object open(Path dir) throws IOException {
        return new JarFile(Archive.create(dir.resolve("plugin.jar")).toFile());
    }
}
