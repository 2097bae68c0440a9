package leaks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the small archives that other classes leave open. */
final class Archive {
    static final String ENTRY = "hello.txt";

    private Archive() {}

    static Path create(Path file) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry(ENTRY));
            out.write('x');
        }
        return file;
    }
}
