package io.github.cracpreflight.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import jdk.crac.CheckpointException;
import jdk.crac.Context;
import jdk.crac.Resource;
import jdk.crac.RestoreException;

/**
 * The application's resources, with the rules of CRaC's global context (crac.md 1.2): held weakly, the last registered is
 * notified first and restored last, nobody is skipped when another one throws, and who registers meanwhile has to wait for
 * the next checkpoint.
 */
public final class UserContext extends Context<Resource> {
    public static final UserContext INSTANCE = new UserContext();
    private final Map<Resource, Long> order = new WeakHashMap<>();
    private long registered;
    private List<Resource> notified = List.of();
    /** The callback that runs now, for the report of one that never returns. */
    private volatile String running;
    private Reopening reopening;

    private UserContext() { }

    /** Makes the rest of the agent's classes known, which come only with the first checkpoint. */
    public static native void complete();

    @Override
    public synchronized void register(Resource resource) {
        order.put(resource, registered++);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws CheckpointException {
        notified = inOrder();
        if (Vm.attachedLate()) notified.addAll(LateResources.find());
        reopening = new Reopening();
        CheckpointException all = null;
        for (int i = notified.size() - 1; i >= 0; i--) {
            try {
                running = "beforeCheckpoint of " + notified.get(i).getClass().getName();
                notified.get(i).beforeCheckpoint(this);
            } catch (Exception e) {
                all = all == null ? new CheckpointException() : all;
                add(all, e);
            }
            reopening.callbackReturned();
        }
        running = null;
        if (all != null) throw all;
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws RestoreException {
        RestoreException all = null;
        for (Resource resource : notified)
            try {
                running = "afterRestore of " + resource.getClass().getName();
                resource.afterRestore(this);
            } catch (Exception e) {
                all = all == null ? new RestoreException() : all;
                add(all, e);
            }
        running = null;
        notified = List.of();
        if (all != null) throw all;
    }

    String running() {
        return running;
    }

    /** What this checkpoint's callbacks have closed. */
    Reopening reopening() {
        return reopening;
    }

    private synchronized List<Resource> inOrder() {
        List<Map.Entry<Resource, Long>> entries = new ArrayList<>(order.entrySet());
        entries.sort(Map.Entry.comparingByValue());
        List<Resource> resources = new ArrayList<>();
        for (Map.Entry<Resource, Long> entry : entries) if (entry.getKey() != null) resources.add(entry.getKey());
        return resources;
    }

    /** A context inside this one throws an aggregate; its parts are moved up. */
    private static void add(Exception all, Exception e) {
        if (isAggregate(e.getClass().getName(), all.getClass().getSimpleName())) for (Throwable part : e.getSuppressed()) all.addSuppressed(part);
        else all.addSuppressed(e);
        if (e instanceof InterruptedException) Thread.currentThread().interrupt();
    }

    private static boolean isAggregate(String name, String aggregate) {
        return name.equals("jdk.crac." + aggregate) || name.equals("javax.crac." + aggregate) || name.equals("org.crac." + aggregate);
    }
}
