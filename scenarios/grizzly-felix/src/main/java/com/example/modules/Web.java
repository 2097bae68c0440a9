package com.example.modules;

import java.io.IOException;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/** The HTTP side: a Grizzly server whose listener and selectors stay open. */
final class Web {
    private Web() {}

    static HttpServer start(int port) throws IOException {
        HttpServer server = new HttpServer();
        server.addListener(new NetworkListener("web", "127.0.0.1", port));
        server.getServerConfiguration().addHttpHandler(new HttpHandler() {
            @Override
            public void service(Request request, Response response) throws IOException {
                response.setContentType("text/plain");
                response.getWriter().write("hello\n");
            }
        }, "/");
        server.start();
        return server;
    }
}
