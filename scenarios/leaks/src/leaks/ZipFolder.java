package leaks;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** A zip file mounted as a file system. */
final class ZipFolder {
    private ZipFolder() {}

    static Object open(Path dir) throws IOException {
        return FileSystems.newFileSystem(Archive.create(dir.resolve("mounted.zip")));
    }
}
