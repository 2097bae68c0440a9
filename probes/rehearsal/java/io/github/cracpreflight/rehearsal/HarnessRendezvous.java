package io.github.cracpreflight.rehearsal;

import io.github.cracpreflight.rehearsal.answer.Answer;
import io.github.cracpreflight.rehearsal.answer.Result;
import io.github.cracpreflight.rehearsal.image.Passage;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import java.io.File;
import java.io.IOException;
import java.util.Map;
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
    private final Passage passage = new Passage();
    private volatile boolean waits;
    private volatile long waitedNanos;

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

    /** Before the first callback. */
    void starts() {
        if (forImage) passage.starts();
    }

    /** What was seen on both sides of the image; null where none was to be made. */
    Map<String, Object> passage() {
        return passage.values();
    }

    boolean waits() {
        return waits;
    }

    long waitedMillis() {
        return waitedNanos / 1_000_000;
    }

    void meet(boolean refused, Supplier<Answer> answer) {
        try {
            if (forImage && !refused) Result.of(answer.get()).write(new File(file + ".passed"));
            if (!file.createNewFile()) throw new IOException(file + " is there already");
            await();
            file.delete();
        } catch (IOException e) {
            System.err.println("crac-preflight: the harness can't be told to look: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void await() throws InterruptedException {
        DescriptorTable table = forImage ? DescriptorTable.now() : null;
        if (forImage) passage.goes();
        long begin = System.nanoTime(), longest = longestMillis * 1_000_000;
        waits = true;
        try {
            while (file.exists() && System.nanoTime() - begin < longest) Thread.sleep(2);
        } finally {
            waitedNanos += System.nanoTime() - begin;
            waits = false;
        }
        if (!forImage) return;
        passage.returns();
        DescriptorTable.followStart(table);
    }
}
