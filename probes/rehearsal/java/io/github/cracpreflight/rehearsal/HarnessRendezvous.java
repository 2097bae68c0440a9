package io.github.cracpreflight.rehearsal;

import java.io.File;
import java.io.IOException;

/**
 * Lets the harness look at the descriptors as they were judged, before afterRestore changes them: a file appears, and the
 * rehearsal goes on when the harness has removed it. A harness that is gone holds nothing up for long.
 */
final class HarnessRendezvous {
    private static final long LONGEST_NANOS = 10_000_000_000L;

    private HarnessRendezvous() { }

    static void at(File file) {
        try {
            if (!file.createNewFile()) throw new IOException(file + " is there already");
            for (long end = System.nanoTime() + LONGEST_NANOS; file.exists() && System.nanoTime() < end; ) Thread.sleep(2);
            file.delete();
        } catch (IOException e) {
            System.err.println("crac-preflight: the harness can't be told to look: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
