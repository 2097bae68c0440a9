package leaks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/** A zip file that the app itself opened. */
final class Zip {
    private Zip() {}

    static Object open(Path dir) throws IOException {
        return new ZipFile(Archive.create(dir.resolve("data.zip")).toFile());
    }
}
