package io.github.cracpreflight.rehearsal.vm;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits until everybody could have closed what he has open only for a moment. Time alone does not tell: a thread may stand
 * still for long with a file open, as there are too few processors, or as others are quicker at a lock of the JDK. So a turn
 * ends when each thread that is ready to run, or waits for a lock, has run.
 */
public final class Quiescence {
    private static final int NUMBERS = 3;
    private static final long TURN_NANOS = 20_000_000, RUN_NANOS = 200_000, LONGEST_NANOS = 2_000_000_000L;

    /** How long each thread of the kernel, by its id, and each of Java had run when the turn began. */
    private final Map<Object, Long> before = new HashMap<>();

    private Quiescence() {
        long[] threads = Vm.threads();
        for (int i = 0; i + 2 < threads.length; i += NUMBERS) before.put(threads[i], threads[i + 2]);
        for (Thread thread : Vm.javaThreads()) before.put(thread, Vm.nanosOf(thread));
    }

    /** Ends early when nobody needs it any more. */
    public static void await(int turns, BooleanSupplier needed) {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + LONGEST_NANOS;
        for (int i = 0; i < turns && needed.getAsBoolean(); i++) {
            Quiescence turn = new Quiescence();
            do LockSupport.parkNanos(TURN_NANOS);
            while ((turn.isAnyoneReady() || turn.isAnyoneLocked()) && System.nanoTime() < end);
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private boolean isAnyoneReady() {
        long[] now = Vm.threads();
        for (int i = 0; i + 2 < now.length; i += NUMBERS)
            if (now[i + 1] == 'R' && before.containsKey(now[i]) && sinceStart(now[i], now[i + 2]) < RUN_NANOS) return true;
        return false;
    }

    /** Where nobody runs, nobody is waiting for his turn: several threads that want to accept wait for ever. */
    private boolean isAnyoneLocked() {
        boolean waits = false, moves = false;
        for (Thread thread : Vm.javaThreads()) {
            if (thread == Thread.currentThread() || !before.containsKey(thread)) continue;
            boolean hasRun = ran(thread) >= RUN_NANOS;
            moves |= hasRun;
            waits |= !hasRun && isLocked(thread);
        }
        return waits && moves;
    }

    private long ran(Thread thread) {
        return sinceStart(thread, Vm.nanosOf(thread));
    }

    private long sinceStart(Object thread, long now) {
        return now - before.getOrDefault(thread, 0L);
    }

    /** Parked threads of a pool wait, too, but for no lock that somebody else has. */
    private boolean isLocked(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED || LockSupport.getBlocker(thread) instanceof AbstractOwnableSynchronizer lock
            && Internals.get(lock, "exclusiveOwnerThread") instanceof Thread owner && ran(owner) > 0;
    }
}
