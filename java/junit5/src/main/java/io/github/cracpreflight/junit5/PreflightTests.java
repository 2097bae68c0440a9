package io.github.cracpreflight.junit5;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gives a class with {@link Preflight} its tests. */
public interface PreflightTests {
    @TestFactory
    default Stream<DynamicTest> preflight() {
        Preflight preflight = getClass().getAnnotation(Preflight.class);
        if (preflight == null)
            throw new PreflightException(getClass().getName() + " says no app. Put @Preflight(command = …) on the class.");
        return PreflightCheck.of(preflight).tests();
    }
}
