package io.github.cracpreflight.rehearsal.verdicts;

import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import io.github.cracpreflight.rehearsal.vm.OpenFileTracker;
import io.github.cracpreflight.rehearsal.vm.Quiescence;

/**
 * What the application has held for long when its callbacks are called: every thread that was ready to run has run several
 * times since it was open. A file that is open for a moment is none of it.
 */
public final class Established implements AutoCloseable {
    private static final int TURNS = 5, LAST_STANDARD_NUMBER = 2;

    private final OpenFileTracker tracker = new OpenFileTracker();

    public Established() {
        boolean any = false;
        for (Descriptor descriptor : DescriptorTable.now().all()) {
            if (descriptor.fd() <= LAST_STANDARD_NUMBER || isOfTheJvm(descriptor)) continue;
            tracker.track(descriptor);
            any = true;
        }
        if (any) Quiescence.await(TURNS, tracker::holdsAny);
        tracker.forgetGone();
    }

    /** Archives of the class path are held by every JVM, and nobody closes them at a checkpoint. */
    private static boolean isOfTheJvm(Descriptor descriptor) {
        return descriptor.link().endsWith(".jar") || descriptor.link().endsWith("/lib/modules");
    }

    boolean holds(Descriptor descriptor, DescriptorTable now) {
        return tracker.holds(descriptor, now);
    }

    /** Whether there is anything that could be closed too late. */
    public boolean isEmpty() {
        return tracker.isEmpty();
    }

    @Override
    public void close() {
        tracker.close();
    }
}
