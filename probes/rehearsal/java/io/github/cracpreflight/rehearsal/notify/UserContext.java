package io.github.cracpreflight.rehearsal.notify;

import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.vm.Options;
import io.github.cracpreflight.rehearsal.vm.Vm;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import jdk.crac.CheckpointException;
import jdk.crac.Context;
import jdk.crac.Resource;
import jdk.crac.RestoreException;

/**
 * The application's resources, with the rules of CRaC's global context (docs/crac/decisions.md 1.2): held weakly, the last
 * registered is notified first and restored last, nobody is skipped when another one throws an Exception, and who registers
 * meanwhile has to wait for the next checkpoint.
 */
public final class UserContext extends Context<Resource> {
    public static final UserContext INSTANCE = new UserContext();
    private static final String DOUBT = "whether a resource that was registered more than once is notified again depends on garbage collection";

    /** Every registration. Those that are not the newest of their resource are gone when garbage has been collected. */
    private final Map<Registration, Boolean> all = new WeakHashMap<>();
    private final Map<Resource, Registration> newest = new WeakHashMap<>();
    /** The same by what stands behind wrappers. */
    private final Map<Object, Registration> newestOfTarget = new WeakHashMap<>();
    private long registered;

    private List<Notified> notified = List.of();
    private final Set<Throwable> doubtful = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<String> notes = new LinkedHashSet<>();
    private Generation generation;
    /** The callback that runs now, for the report of one that never returns. */
    private volatile String running;
    private Throwable error;
    private Reopening reopening;

    private UserContext() { }

    /** Makes the rest of the agent's classes known, which come only with the first checkpoint. */
    public static native void complete();

    @Override
    public synchronized void register(Resource resource) {
        Registration registration = new Registration(resource, registered++);
        Registration older = newestOfTarget.put(Registration.target(resource), registration);
        registration.repeats = older != null;
        if (older != null) older.repeated = true;
        newest.put(resource, registration);
        all.put(registration, true);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws CheckpointException {
        complete();
        beforeCheckpoint(Generation.of(Options.atStart().version()), () -> {});
    }

    /** Tells at once when the last callback has returned. */
    public void beforeCheckpoint(Generation asked, Runnable lastReturned) throws CheckpointException {
        generation = asked;
        error = null;
        doubtful.clear();
        notes.clear();
        notified = inOrder();
        if (Vm.attachedLate()) for (Resource late : LateResources.find()) notified.add(new Notified(late, false));
        reopening = privileged(Reopening::new);
        CheckpointException failure = null;
        for (int i = notified.size() - 1; i >= 0; i--) {
            try {
                running = "beforeCheckpoint of " + notified.get(i).name();
                notified.get(i).resource().beforeCheckpoint(this);
            } catch (Exception e) {
                failure = failure == null ? new CheckpointException() : failure;
                add(failure, e, notified.get(i));
            } catch (Throwable e) {
                error = e;
                throw e;
            } finally {
                running = null;
            }
            if (i == 0) lastReturned.run();
            reopening.callbackReturned();
        }
        if (failure != null) throw failure;
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws RestoreException {
        List<Notified> waiting = notified;
        notified = List.of();
        RestoreException failure = null;
        for (Notified each : waiting)
            try {
                running = "afterRestore of " + each.name();
                each.resource().afterRestore(this);
            } catch (Exception e) {
                failure = failure == null ? new RestoreException() : failure;
                add(failure, e, each);
            } catch (Throwable e) {
                error = e;
                throw e;
            } finally {
                running = null;
            }
        if (failure != null) throw failure;
    }

    /** An application under a security manager need not allow itself to read what the kernel says. */
    @SuppressWarnings("removal")
    private static <T> T privileged(PrivilegedAction<T> action) {
        return AccessController.doPrivileged(action);
    }

    public String running() {
        return running;
    }

    /** What a callback threw that is no Exception: CRaC's contexts let it through, and it ends everything at once. */
    public Throwable error() {
        return error;
    }

    /** What this checkpoint's callbacks have closed. */
    public Reopening reopening() {
        return reopening;
    }

    /** Why it is not certain that a CRaC JDK had this exception from a callback; null where it is. */
    public String doubtAbout(Throwable part) {
        return doubtful.contains(part) ? DOUBT : null;
    }

    /** What a reader must know about who was notified. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * In the 21 line the resources themselves are registered, in the 25 line a new wrapper each time; there an older one is
     * notified, too, while it lives. The wrappers of org.crac and javax.crac have the same effect in each line.
     */
    private synchronized List<Notified> inOrder() {
        TreeMap<Long, Notified> resources = new TreeMap<>();
        if (generation.wrapsResources()) for (Registration registration : all.keySet()) add(resources, registration, registration.get());
        // of equal resources the first one is notified, in the turn of the last one
        else for (Map.Entry<Resource, Registration> entry : newest.entrySet()) add(resources, entry.getValue(), entry.getKey());
        return new ArrayList<>(resources.values());
    }

    private void add(Map<Long, Notified> resources, Registration registration, Resource resource) {
        if (resource == null) return;
        boolean wrapped = generation.wrapsResources() || Registration.target(resource) != resource;
        Notified each = new Notified(resource, wrapped && registration.repeated);
        resources.put(registration.number, each);
        if (wrapped && registration.repeats)
            notes.add(each.name() + " was registered more than once: a CRaC JDK notifies it once for each registration that garbage"
                + " collection has not dropped.");
    }

    /** A context inside this one throws an aggregate; its parts are moved up. */
    private void add(Exception failure, Exception e, Notified from) {
        Throwable[] parts = isAggregate(failure.getClass(), e) ? e.getSuppressed() : new Throwable[] { e };
        for (Throwable part : parts) {
            failure.addSuppressed(part);
            if (from.doubtful()) doubtful.add(part);
        }
        if (e instanceof InterruptedException) Thread.currentThread().interrupt();
    }

    /** The 21 line compares classes, the wrapper of the 25 line catches subclasses as well. Neither knows org.crac's. */
    private boolean isAggregate(Class<? extends Exception> aggregate, Exception e) {
        return generation.wrapsResources() ? aggregate.isInstance(e) : aggregate == e.getClass();
    }

    /** @param doubtful that a CRaC JDK notifies it, too, depends on garbage collection */
    private record Notified(Resource resource, boolean doubtful) {
        String name() {
            return Registration.target(resource).getClass().getName();
        }
    }
}
