package com.example.server;

import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.glassfish.embeddable.GlassFishException;

/** Stops the server for a checkpoint, listener, selectors and all, and starts it again after a restore. */
final class CheckpointedServer implements Resource {
    private static CheckpointedServer registered;
    private final Server server;

    private CheckpointedServer(Server server) {
        this.server = server;
    }

    /** CRaC holds its resources weakly, so this class keeps it. */
    static void register(Server server) {
        registered = new CheckpointedServer(server);
        Core.getGlobalContext().register(registered);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws GlassFishException {
        server.stop();
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws GlassFishException {
        server.start();
    }
}
