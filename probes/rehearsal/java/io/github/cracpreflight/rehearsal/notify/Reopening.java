package io.github.cracpreflight.rehearsal.notify;

import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Compares what went while beforeCheckpoint of the resources ran with what is there after their afterRestore. What other
 * threads close between the callbacks is not counted.
 */
public final class Reopening {
    private static final long PATIENCE_NANOS = 3_000_000_000L, PAUSE_NANOS = 20_000_000;

    private final PortRange ephemeral = PortRange.ofKernel();
    private final List<Target> closed = new ArrayList<>();
    private DescriptorTable last = DescriptorTable.now();
    private List<String> restored = List.of();
    private List<String> missing = List.of();
    private List<String> onUse = List.of();
    private boolean listens;

    /** To be called when a callback has returned. */
    void callbackReturned() {
        DescriptorTable now = DescriptorTable.now();
        Set<Integer> ports = Target.servedPorts(last);
        for (Descriptor before : last.all()) {
            if (before.same(now.get(before.fd())) || isTheAgents(before)) continue;
            Target target = Target.of(before, ports, ephemeral);
            if (target != null) closed.add(target);
        }
        last = now;
    }

    /** Waits for what is opened by another thread. What comes and goes is back as soon as it has been seen. */
    public void compare() {
        Map<String, Integer> left = count(last), most = new HashMap<>();
        for (long end = System.nanoTime() + PATIENCE_NANOS; ; LockSupport.parkNanos(PAUSE_NANOS)) {
            count(DescriptorTable.now()).forEach((key, number) -> most.merge(key, number, Math::max));
            compare(most, new HashMap<>(left));
            if (missing.isEmpty() || System.nanoTime() > end) return;
        }
    }

    private void compare(Map<String, Integer> now, Map<String, Integer> accounted) {
        boolean listening = false;
        List<String> back = new ArrayList<>(), gone = new ArrayList<>(), later = new ArrayList<>();
        for (Target target : closed)
            if (now.getOrDefault(target.key(), 0) > accounted.getOrDefault(target.key(), 0)) {
                accounted.merge(target.key(), 1, Integer::sum);
                back.add(target.text());
                listening |= target.listening();
            } else (target.onUse() ? later : gone).add(target.text());
        restored = back;
        listens = listening;
        missing = gone;
        onUse = later;
    }

    private Map<String, Integer> count(DescriptorTable table) {
        Map<String, Integer> counts = new HashMap<>();
        Set<Integer> ports = Target.servedPorts(table);
        for (Descriptor d : table.all()) {
            Target target = Target.of(d, ports, ephemeral);
            if (target != null) counts.merge(target.key(), 1, Integer::sum);
        }
        return counts;
    }

    private static boolean isTheAgents(Descriptor d) {
        return d.socketPath().contains("/.java_pid") || d.peerPath().contains("/.java_pid");
    }

    public List<String> restored() {
        return restored;
    }

    /** Whether a listening socket is among what is restored. */
    public boolean listens() {
        return listens;
    }

    public List<String> missing() {
        return missing;
    }

    /** What is not back, and need not be: connections to others, and archives of class loaders. */
    public List<String> onUse() {
        return onUse;
    }
}
