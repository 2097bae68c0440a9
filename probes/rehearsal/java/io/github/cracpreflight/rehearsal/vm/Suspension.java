package io.github.cracpreflight.rehearsal.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds the application's threads while the descriptors are looked at: a CRaC JDK looks when the last beforeCheckpoint has
 * returned, and what another thread closes a moment later is too late there. A thread that is held may have a lock that the
 * look needs after all; so it is for a limited time.
 */
public final class Suspension implements AutoCloseable {
    private static final long LONGEST_NANOS = 2_000_000_000L, NEVER = Long.MIN_VALUE;

    private final Thread watchdog = new Thread(null, this::watch, "crac-preflight watchdog", 0, false);
    private Thread[] held = new Thread[0];
    private boolean holds;
    private boolean over;
    private volatile long end = NEVER;

    /** Gets ready before the callbacks run: a thread takes its time to start where the processor is busy. */
    public Suspension() {
        watchdog.setDaemon(true);
        watchdog.start();
    }

    /** Holds every thread of the application but the one that calls. */
    public void hold() {
        end = System.nanoTime() + LONGEST_NANOS;
        LockSupport.unpark(watchdog);
        List<Thread> threads = new ArrayList<>();
        for (Thread thread : Vm.javaThreads()) if (thread != Thread.currentThread() && thread != watchdog && isApplications(thread)) threads.add(thread);
        synchronized (watchdog) {
            if (over) return;
            held = threads.toArray(new Thread[0]);
            holds = Vm.suspend(held);
        }
    }

    /** False where the threads run on, as a debugger alone may hold them. */
    public boolean holds() {
        return holds;
    }

    /** The JVM's own threads, and those that clean up for the JDK, are in groups of their own. */
    private static boolean isApplications(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return group != null && !group.getName().equals("system") && !group.getName().equals("InnocuousThreadGroup");
    }

    private void watch() {
        while (!isOver()) {
            if (end == NEVER) LockSupport.park(this);
            else if (end - System.nanoTime() > 0) LockSupport.parkNanos(this, end - System.nanoTime());
            else close();
        }
    }

    private boolean isOver() {
        synchronized (watchdog) {
            return over;
        }
    }

    @Override
    public void close() {
        synchronized (watchdog) {
            if (over) return;
            over = true;
            if (holds) Vm.resume(held);
        }
        LockSupport.unpark(watchdog);
    }
}
