package io.github.cracpreflight.rehearsal;

import io.github.cracpreflight.rehearsal.answer.Answer;
import io.github.cracpreflight.rehearsal.answer.Result;
import java.io.File;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Lets the harness look at the descriptors as they were judged, before afterRestore changes them: a file appears, and the
 * rehearsal goes on when the harness has removed it. A harness that is gone holds nothing up for long.
 */
final class HarnessRendezvous {
    private static final long LOOK_MILLIS = 10_000;

    private final File file;
    private final long longestMillis;
    private final boolean forImage;

    private HarnessRendezvous(File file, long longestMillis, boolean forImage) {
        this.file = file;
        this.longestMillis = longestMillis;
        this.forImage = forImage;
    }

    static HarnessRendezvous toLook(File file) {
        return new HarnessRendezvous(file, LOOK_MILLIS, false);
    }

    /** The harness makes an image meanwhile, and a JVM that is lost with it leaves its answer beside the file. */
    static HarnessRendezvous forImage(File file, long longestMillis) {
        return new HarnessRendezvous(file, longestMillis, true);
    }

    void meet(boolean refused, Supplier<Answer> answer) {
        try {
            if (forImage && !refused) Result.of(answer.get()).write(new File(file + ".passed"));
            if (!file.createNewFile()) throw new IOException(file + " is there already");
            long longest = longestMillis * 1_000_000;
            for (long begin = System.nanoTime(); file.exists() && System.nanoTime() - begin < longest; ) Thread.sleep(2);
            file.delete();
        } catch (IOException e) {
            System.err.println("crac-preflight: the harness can't be told to look: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
