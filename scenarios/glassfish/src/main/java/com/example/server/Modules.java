package com.example.server;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** The module side: a Felix framework whose FileInstall bundle watches a folder for bundles to install. */
final class Modules {
    private final Framework framework;

    private Modules(Framework framework) {
        this.framework = framework;
    }

    static Modules start(Path folder, boolean clean) throws BundleException, IOException, URISyntaxException {
        Path load = Files.createDirectories(folder.resolve("load"));
        Map<String, String> configuration = Map.of(
                "org.osgi.framework.storage", folder.resolve("cache").toString(),
                "org.osgi.framework.storage.clean", "onFirstInit",
                "felix.fileinstall.dir", load.toString(),
                // FileInstall polls unless it is told to take a java.nio.file.WatchService, as GlassFish tells it.
                "felix.fileinstall.disableNio2", String.valueOf(clean),
                // With the lock the file of the cache stays open.
                "felix.cache.locking", String.valueOf(!clean));
        Framework framework = ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(configuration);
        framework.start();
        framework.getBundleContext().installBundle(fileInstall().toUri().toString()).start();
        return new Modules(framework);
    }

    void waitForStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /** The bundle lies in the folder "bundles" beside the app's own jar. */
    private static Path fileInstall() throws IOException, URISyntaxException {
        Path app = Path.of(Modules.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> bundles = Files.list(app.resolveSibling("bundles"))) {
            return bundles.findFirst().orElseThrow(() -> new IOException("no bundle beside " + app));
        }
    }
}
