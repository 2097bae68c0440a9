package com.example.modules;

import java.nio.file.Path;
import org.glassfish.grizzly.http.server.HttpServer;

/** An HTTP server and a module system in one JVM, as in an application server of the GlassFish family. */
public final class Main {
    private Main() {}

    /** Arguments: the folder to work in, and the port (without one, a free port). */
    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            System.err.println("usage: java -jar grizzly-felix.jar FOLDER [PORT]");
            System.exit(2);
        }
        Path folder = Path.of(args[0]);
        int port = args.length > 1 ? Integer.parseInt(args[1]) : 0;

        HttpServer server = Web.start(port);
        Modules modules = Modules.start(folder);
        System.out.println("READY http://127.0.0.1:" + server.getListener("web").getPort() + "/");
        modules.waitForStop();
    }
}
