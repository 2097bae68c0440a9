package com.example.server;

import java.nio.file.Files;
import java.nio.file.Path;

/** An application server with an application in it, and a folder that is watched for bundles to install. */
public final class Main {
    private Main() {}

    /** Arguments: the folder to work in, the port, and {@code clean} for the server as a checkpoint takes it. */
    public static void main(String[] args) throws Exception {
        if (args.length < 2) {
            System.err.println("usage: java -jar glassfish.jar FOLDER PORT [clean]");
            System.exit(2);
        }
        Path folder = Files.createDirectories(Path.of(args[0]));
        boolean clean = args.length > 2 && args[2].equals("clean");

        Server server = Server.start(folder.resolve("server"), Integer.parseInt(args[1]));
        Modules modules = Modules.start(folder, clean);
        if (clean) CheckpointedServer.register(server);
        System.out.println("READY http://127.0.0.1:" + args[1] + "/hello/");
        modules.waitForStop();
    }
}
