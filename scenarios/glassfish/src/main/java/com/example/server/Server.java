package com.example.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.glassfish.embeddable.BootstrapProperties;
import org.glassfish.embeddable.GlassFish;
import org.glassfish.embeddable.GlassFishException;
import org.glassfish.embeddable.GlassFishProperties;
import org.glassfish.embeddable.GlassFishRuntime;

/** GlassFish in this JVM, with one application deployed. */
final class Server {
    private final GlassFish glassfish;
    private final Path application;

    private Server(GlassFish glassfish, Path application) {
        this.glassfish = glassfish;
        this.application = application;
    }

    static Server start(Path folder, int port) throws GlassFishException, IOException {
        GlassFishProperties properties = new GlassFishProperties();
        properties.setPort("http-listener", port);
        // What it unpacks belongs to this run, and a name that stays can stand in a policy.
        properties.setProperty("glassfish.embedded.tmpdir", Files.createDirectories(folder).toString());
        GlassFish glassfish = GlassFishRuntime.bootstrap(new BootstrapProperties()).newGlassFish(properties);
        Path application = Files.createDirectories(folder.resolve("hello"));
        Files.createDirectories(application.resolve("WEB-INF"));
        Files.writeString(application.resolve("index.html"), "hello\n");
        Server server = new Server(glassfish, application);
        server.start();
        server.deploy();
        return server;
    }

    /** What was deployed before it was stopped is there again. */
    void start() throws GlassFishException {
        glassfish.start();
    }

    private void deploy() throws GlassFishException {
        String deployed = glassfish.getDeployer().deploy(application.toFile(), "--name=hello", "--contextroot=/hello");
        if (deployed == null) throw new GlassFishException(application + " was not deployed");
    }

    void stop() throws GlassFishException {
        glassfish.stop();
    }
}
