package com.example;

import io.github.cracpreflight.junit5.Preflight;
import io.github.cracpreflight.junit5.PreflightCheck;
import io.github.cracpreflight.junit5.PreflightTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The first test fails, as a file is kept open: its failure is thrown at the line of Prices that opened it. */
@Preflight(command = {"java", "-cp", "target/classes", "com.example.Prices"}, ready = "log=/READY/")
class PricesPreflightTest implements PreflightTests {
    @Preflight(
            command = {"java", "-cp", "target/classes", "com.example.Prices"},
            ready = "log=/READY/",
            accept = "file:com.example.*")
    void accepted() {}

    @TestFactory
    Stream<DynamicTest> closed() {
        return PreflightCheck.command("java", "-cp", "target/classes", "com.example.Prices", "closed")
                .ready("log=/READY/")
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> noSuchClass() {
        return PreflightCheck.command("java", "-cp", "target/classes", "com.example.NoSuchClass").tests();
    }
}
