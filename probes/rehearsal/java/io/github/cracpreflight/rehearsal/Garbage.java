package io.github.cracpreflight.rehearsal;

import java.lang.ref.Cleaner;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets unreachable streams and sockets be closed by their cleaners, as CRaC does before it looks (crac.md 1.2). */
final class Garbage {
    private static final int ROUNDS = 2;
    private static final long CLEANERS_SECONDS = 2, HTTP_CLIENT_MILLIS = 30;
    private static final String CLEANER = "java.lang.ref.Cleaner", HTTP_CLIENT = "Ljdk/internal/net/http/HttpClientImpl$SelectorManager;";

    private Garbage() { }

    static void drain() {
        boolean interrupted = Thread.interrupted();
        try {
            Vm.collectGarbage();
            for (int round = 0; round < ROUNDS; round++) {
                awaitCleaners();
                wakeHttpClients();
            }
        } catch (InterruptedException notOurs) {
            interrupted = true;
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private static void awaitCleaners() throws InterruptedException {
        List<Object> cleaners = Heap.walk(List.of(CLEANER)).of(CLEANER);
        CountDownLatch cleaned = new CountDownLatch(cleaners.size());
        registerProbes(cleaners, cleaned);
        Vm.collectGarbage();
        cleaned.await(CLEANERS_SECONDS, TimeUnit.SECONDS);
    }

    /** In a frame of its own: a dead local in the caller's would keep the probes alive. */
    private static void registerProbes(List<Object> cleaners, CountDownLatch cleaned) {
        for (Object cleaner : cleaners) ((Cleaner) cleaner).register(new Object(), cleaned::countDown);
    }

    /**
     * An HTTP client that nobody uses any more closes itself when its selector wakes up (rehearsal-rules.md:
     * HttpWithClient). Selectors of the application are left alone: it would see them wake up.
     */
    private static void wakeHttpClients() throws InterruptedException {
        List<Selector> selectors = new ArrayList<>();
        Class<?>[] managers = Vm.loaded(HTTP_CLIENT);
        if (managers.length == 0) return;
        for (Object thread : Vm.instances(managers))
            if (Internals.get(thread, "selector") instanceof Selector selector && selector.isOpen()) selectors.add(selector);
        for (Selector selector : selectors) selector.wakeup();
        if (!selectors.isEmpty()) Thread.sleep(HTTP_CLIENT_MILLIS);
    }
}
