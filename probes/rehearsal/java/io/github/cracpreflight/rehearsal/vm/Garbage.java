package io.github.cracpreflight.rehearsal.vm;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets unreachable streams and sockets be closed by their cleaners, as CRaC does before it looks (docs/crac/decisions.md 1.3). */
public final class Garbage {
    public static final String CLEANER = "java.lang.ref.Cleaner";
    private static final long CLEANERS_NANOS = 2_000_000_000, HTTP_CLIENT_MILLIS = 30;
    private static final String HTTP_CLIENT = "Ljdk/internal/net/http/HttpClientImpl$SelectorManager;";

    private Garbage() { }

    public static void drain(List<Object> cleaners) {
        boolean interrupted = Thread.interrupted();
        try {
            DescriptorTable before = DescriptorTable.identitiesNow();
            collect(cleaners);
            // what has just been closed may have kept more alive
            if (wakeHttpClients() || !before.same(DescriptorTable.identitiesNow())) collect(cleaners);
        } catch (InterruptedException notOurs) {
            interrupted = true;
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private static void collect(List<Object> cleaners) throws InterruptedException {
        Vm.collectGarbage();
        long end = System.nanoTime() + CLEANERS_NANOS;
        while (isPending() && System.nanoTime() < end) Thread.sleep(1);
        CountDownLatch cleaned = new CountDownLatch(cleaners.size());
        for (Object cleaner : cleaners) {
            Object queue = Internals.get(Internals.get(cleaner, "impl"), "queue");
            // a queue gives its newest first, so the probe must come when it is empty
            while (Internals.get(queue, "head") != null && System.nanoTime() < end) Thread.sleep(1);
            probe((Cleaner) cleaner, cleaned);
        }
        cleaned.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Whether the collector has found references that are not in their queues yet. */
    private static boolean isPending() {
        try {
            return Boolean.TRUE.equals(Internals.call(Reference.class, "hasReferencePendingList", new Class<?>[0]))
                || Boolean.TRUE.equals(Internals.getStatic(Reference.class, "processPendingActive"));
        } catch (ReflectiveOperationException unknownHere) {
            return false;
        }
    }

    /** Puts a task into the cleaner's queue: when it runs, the cleaner has done what was there before. */
    private static void probe(Cleaner cleaner, CountDownLatch cleaned) {
        Cleaner.Cleanable task = cleaner.register(new Object(), cleaned::countDown);
        try {
            Internals.callOn(Reference.class, task, "enqueueFromPending");
        } catch (ReflectiveOperationException unknownHere) {
            task.clean();
        }
    }

    /**
     * An HTTP client that nobody uses any more closes itself when its selector wakes up
     * (docs/crac/decisions.md 1.3). Selectors of the application are left alone: it would see them wake up.
     */
    private static boolean wakeHttpClients() throws InterruptedException {
        List<Selector> selectors = new ArrayList<>();
        Class<?>[] managers = Vm.loaded(HTTP_CLIENT);
        if (managers.length == 0) return false;
        for (Object thread : Vm.instances(managers))
            if (Internals.get(thread, "selector") instanceof Selector selector && selector.isOpen()) selectors.add(selector);
        for (Selector selector : selectors) selector.wakeup();
        if (!selectors.isEmpty()) Thread.sleep(HTTP_CLIENT_MILLIS);
        return !selectors.isEmpty();
    }
}
