package io.github.cracpreflight.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lets the harness look at the descriptors as they were judged, before afterRestore changes them: a file appears, and the
 * rehearsal goes on when the harness has removed it. A harness that is gone holds nothing up for long.
 */
final class Pause {
    private static final long LONGEST_NANOS = 10_000_000_000L;

    private Pause() { }

    static void at(Path file) {
        try {
            Files.createFile(file);
            for (long end = System.nanoTime() + LONGEST_NANOS; Files.exists(file) && System.nanoTime() < end; ) Thread.sleep(2);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.err.println("crac-preflight: the harness can't be told to look: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
