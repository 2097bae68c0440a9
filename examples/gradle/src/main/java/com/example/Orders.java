package com.example;

import com.sun.net.httpserver.HttpServer;
import java.io.FileReader;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A service that keeps its price list open: a checkpoint is refused. */
public final class Orders {
    private static Reader prices;

    private Orders() {}

    public static void main(String[] args) throws IOException {
        prices = new FileReader("build.gradle");
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.getInteger("port", 8080));
        HttpServer.create(address, 0).start();
    }
}
