package io.github.cracpreflight.rehearsal.image;

import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.Vm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;

/**
 * What the JVM sees of its time and place at one moment.
 * @param timeZone null where nobody has asked for it: then it is not in the image
 */
record View(long wallMillis, long monotonicNanos, String timeZone, int processors, long heapBytes, List<String> threads) {
    static View now() {
        List<String> threads = new ArrayList<>();
        for (Thread thread : Vm.javaThreads()) if (!isTheAgents(thread)) threads.add(thread.getName());
        Object zone = Internals.getStatic(TimeZone.class, "defaultTimeZone");
        return new View(System.currentTimeMillis(), System.nanoTime(), zone instanceof TimeZone known ? known.getID() : null,
            Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory(), threads);
    }

    /** The attach listener comes and goes with who attaches. */
    private static boolean isTheAgents(Thread thread) {
        return thread.getName().startsWith("crac-preflight") || thread.getName().equals("Attach Listener");
    }

    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("wallMs", wallMillis);
        values.put("monotonicMs", monotonicNanos / 1_000_000);
        values.put("timeZone", timeZone);
        values.put("processors", processors);
        values.put("heapBytes", heapBytes);
        values.put("threads", threads);
        return values;
    }
}
