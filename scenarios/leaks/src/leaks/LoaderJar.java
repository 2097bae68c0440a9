package leaks;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** A jar under a class loader: the JDK vouches for it, so a checkpoint accepts it. */
final class LoaderJar {
    private LoaderJar() {}

    static Object open(Path dir) throws IOException {
        Path jar = Archive.create(dir.resolve("loader.jar"));
        URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        loader.getResource(Archive.ENTRY);
        return loader;
    }
}
