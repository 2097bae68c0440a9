package io.github.cracpreflight.rehearsal.vm;

/**
 * Keeps the JVM alive until all resources have been told: after beforeCheckpoint only daemon threads may be left, and it is
 * an afterRestore that starts others (docs/crac/decisions.md 1.2).
 */
public final class LastThread {
    private boolean over;

    public LastThread() {
        Thread thread = new Thread(null, this::await, "crac-preflight last thread", 0, false);
        thread.setDaemon(false);
        thread.start();
    }

    private synchronized void await() {
        while (!over)
            try {
                wait();
            } catch (InterruptedException byTheApplication) {
                continue;
            }
    }

    public synchronized void close() {
        over = true;
        notifyAll();
    }
}
