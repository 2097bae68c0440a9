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
    private static final long PATIENCE_NANOS = 500_000_000, PAUSE_NANOS = 20_000_000;

    private final List<String> closed = new ArrayList<>();
    private DescriptorTable last = DescriptorTable.now();
    private List<String> restored = List.of();
    private List<String> missing = List.of();

    /** To be called when a callback has returned. */
    void callbackReturned() {
        DescriptorTable now = DescriptorTable.now();
        Set<Integer> ports = Target.servedPorts(last);
        for (Descriptor before : last.all()) {
            String target = before.same(now.get(before.fd())) || isTheAgents(before) ? null : Target.of(before, ports);
            if (target != null) closed.add(target);
        }
        last = now;
    }

    /** Waits a little for what is opened by another thread. What comes and goes is back as soon as it has been seen. */
    public void compare() {
        Map<String, Integer> left = count(last), most = new HashMap<>();
        for (long end = System.nanoTime() + PATIENCE_NANOS; ; LockSupport.parkNanos(PAUSE_NANOS)) {
            count(DescriptorTable.now()).forEach((target, number) -> most.merge(target, number, Math::max));
            compare(most, new HashMap<>(left));
            if (missing.isEmpty() || System.nanoTime() > end) return;
        }
    }

    private void compare(Map<String, Integer> now, Map<String, Integer> accounted) {
        List<String> back = new ArrayList<>(), gone = new ArrayList<>();
        for (String target : closed)
            if (now.getOrDefault(target, 0) > accounted.getOrDefault(target, 0)) {
                accounted.merge(target, 1, Integer::sum);
                back.add(target);
            } else gone.add(target);
        restored = back;
        missing = gone;
    }

    private static Map<String, Integer> count(DescriptorTable table) {
        Map<String, Integer> counts = new HashMap<>();
        Set<Integer> ports = Target.servedPorts(table);
        for (Descriptor d : table.all()) {
            String target = Target.of(d, ports);
            if (target != null) counts.merge(target, 1, Integer::sum);
        }
        return counts;
    }

    private static boolean isTheAgents(Descriptor d) {
        return d.socketPath().contains("/.java_pid") || d.peerPath().contains("/.java_pid");
    }

    public List<String> restored() {
        return restored;
    }

    public List<String> missing() {
        return missing;
    }
}
