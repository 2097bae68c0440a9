package com.example;

import java.io.FileReader;
import java.io.IOException;
import java.io.Reader;
import java.util.concurrent.CountDownLatch;

/** Keeps its price list open, so that a checkpoint is refused; with "closed" it does not. */
public final class Prices {
    private static Reader prices;

    private Prices() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        prices = new FileReader("pom.xml");
        if (args.length > 0 && args[0].equals("closed")) prices.close();
        System.out.println("READY");
        new CountDownLatch(1).await();
    }
}
