package com.example.orders;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Opens its prices and keeps them open: the last thing of the start, after Spring has said "Started". It may take its time. */
@Component
@ConditionalOnProperty("orders.prices")
class PriceList implements ApplicationRunner {
    private final Path file;
    private final Duration delay;
    private InputStream prices;

    PriceList(@Value("${orders.prices}") Path file, @Value("${orders.prices-delay:0s}") Duration delay) {
        this.file = file;
        this.delay = delay;
    }

    @Override
    public void run(ApplicationArguments arguments) throws Exception {
        Thread.sleep(delay.toMillis());
        prices = Files.newInputStream(file);
    }
}
