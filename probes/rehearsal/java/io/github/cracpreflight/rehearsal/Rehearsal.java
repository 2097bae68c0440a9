package io.github.cracpreflight.rehearsal;

import io.github.cracpreflight.rehearsal.answer.Answer;
import io.github.cracpreflight.rehearsal.answer.Result;
import io.github.cracpreflight.rehearsal.notify.Reopening;
import io.github.cracpreflight.rehearsal.notify.UserContext;
import io.github.cracpreflight.rehearsal.owners.SelectorKeys;
import io.github.cracpreflight.rehearsal.policies.Policies;
import io.github.cracpreflight.rehearsal.rules.ExpectedException;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.verdicts.Established;
import io.github.cracpreflight.rehearsal.verdicts.Failure;
import io.github.cracpreflight.rehearsal.verdicts.Judge;
import io.github.cracpreflight.rehearsal.verdicts.Judgement;
import io.github.cracpreflight.rehearsal.verdicts.TooLate;
import io.github.cracpreflight.rehearsal.vm.Garbage;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.JarCache;
import io.github.cracpreflight.rehearsal.vm.LastThread;
import io.github.cracpreflight.rehearsal.vm.Options;
import io.github.cracpreflight.rehearsal.vm.Suspension;
import java.io.File;
import java.io.IOException;
import java.lang.ref.Reference;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import jdk.crac.CheckpointException;
import jdk.crac.RestoreException;
import jdk.internal.crac.LoggerContainer;

/** A checkpoint up to where a CRaC JDK would call its engine, in the order of docs/crac/decisions.md 1.1. Read {@link #run} first. */
public final class Rehearsal {
    private static final ReentrantLock LOCK = new ReentrantLock();
    /**
     * What a socket claim or a selector's turn keeps alive through the GC when both come before it. Datagrams and pipes have no
     * such claim.
     */
    private static final List<String> CLAIMED_FIRST = List.of("java.net.SocketImpl", "sun.nio.ch.SocketChannelImpl",
        "sun.nio.ch.ServerSocketChannelImpl", "sun.nio.ch.AsynchronousSocketChannelImpl",
        "sun.nio.ch.AsynchronousServerSocketChannelImpl", SelectorKeys.SELECTOR, Garbage.CLEANER);
    /** In older generations only selectors come before the GC. */
    private static final List<String> SELECTORS_FIRST = List.of(SelectorKeys.SELECTOR, Garbage.CLEANER);

    private static final String THREADS_RAN = "A debugger (jdwp) or another agent alone may hold threads here, so the app's threads ran on "
        + "while its descriptors were looked at: what one of them closed at that moment may be missing.";

    private final Generation generation;
    /** Where the harness is met between judging and afterRestore; null where nobody waits. */
    private final HarnessRendezvous rendezvous;
    private final List<Failure> checkpointFailures = new ArrayList<>();
    private final List<Failure> restoreFailures = new ArrayList<>();
    private final Map<String, Long> millis = new LinkedHashMap<>();
    private Judgement judgement = new Judgement(List.of(), List.of(), List.of(), List.of());
    private boolean refused;
    private Policies policies;
    private List<TooLate> seen = List.of();
    /** Nobody could be held when the last callback had returned. */
    private boolean threadsRan;
    /** What a callback threw that is no Exception. */
    private Throwable error;
    private Reopening reopening;
    /** What the JVM saw on its way through an image; null where there was none. */
    private Map<String, Object> passage;
    private List<String> notes = List.of();

    Rehearsal(Generation generation, HarnessRendezvous rendezvous) {
        this.generation = generation;
        this.rendezvous = rendezvous;
    }

    /** {@code Core.checkpointRestore()}: what the application gets when it asks for a checkpoint itself. */
    public static void forApplication() throws CheckpointException, RestoreException {
        if (LOCK.isHeldByCurrentThread()) {
            CheckpointException nested = new CheckpointException();
            nested.addSuppressed(new IllegalStateException("Recursive checkpoint is not allowed"));
            throw nested;
        }
        Options options = Options.atStart();
        File asked = options.folder() == null ? null : new File(options.folder(), "asked-" + ProcessHandle.current().pid());
        Rehearsal rehearsal = new Rehearsal(Generation.of(options.version()),
            asked == null ? null : HarnessRendezvous.toLook(asked));
        rehearsal.run();
        if (asked != null) privileged(() -> rehearsal.tell(new File(asked + ".json")));
        if (rehearsal.error != null) throw Rehearsal.<RuntimeException>unchecked(rehearsal.error);
        if (rehearsal.refused) {
            CheckpointException failure = new CheckpointException();
            for (Failure part : rehearsal.allFailures()) failure.addSuppressed(part.exception());
            throw failure;
        }
        if (!rehearsal.restoreFailures.isEmpty()) {
            RestoreException failure = new RestoreException();
            for (Failure part : rehearsal.restoreFailures) failure.addSuppressed(part.exception());
            throw failure;
        }
    }

    /** False when another rehearsal is still at it. */
    static boolean isIdle() {
        return !LOCK.isLocked();
    }

    /**
     * What a callback throws that is no Exception ends everything at once, as it does in CRaC: before the checkpoint nothing is
     * judged, after it the rest is not notified, and what was judged stands (docs/crac/decisions.md 1.4).
     */
    void run() {
        LOCK.lock();
        LastThread last = privilegedly(LastThread::new);
        try {
            privileged(Internals::open);
            long started = System.nanoTime();
            LoggerContainer.info("Starting checkpoint");
            if (rendezvous != null) privileged(rendezvous::starts);
            notifyAndLook();
            started = lap("beforeCheckpoint", started);
            if (error == null) privileged(this::decide);
            started = lap("decide", started);
            if (rendezvous != null) privileged(() -> rendezvous.meet(refused, this::answer));
            if (error == null) restore();
            lap("afterRestore", started);
            if (rendezvous != null && !refused) passage = privilegedly(rendezvous::passage);
        } finally {
            last.close();
            LOCK.unlock();
        }
    }

    /** A CRaC JDK looks as soon as the last callback has returned: so does this, before anything of it can be closed. */
    private void notifyAndLook() {
        policies = privilegedly(() -> Policies.load(generation));
        try (Established established = privilegedly(Established::new)) {
            if (established.isEmpty()) notifyResources(() -> {});
            else notifyAndLook(established);
        }
    }

    private void notifyAndLook(Established established) {
        try (Suspension held = privilegedly(Suspension::new)) {
            boolean[] isHeld = {false};
            Runnable hold = () -> privileged(() -> {
                held.hold();
                isHeld[0] = true;
            });
            notifyResources(hold);
            if (error != null) return;
            if (!isHeld[0]) hold.run();
            threadsRan = !held.holds();
            seen = privilegedly(() -> Judge.atOnce(generation, policies, established));
        }
    }

    private void notifyResources(Runnable lastReturned) {
        try {
            UserContext.INSTANCE.beforeCheckpoint(generation, lastReturned);
        } catch (CheckpointException e) {
            refused = true;
            for (Throwable part : e.getSuppressed()) checkpointFailures.add(thrown(part));
        } catch (Throwable e) {
            if (e != UserContext.INSTANCE.error()) throw e;
            refused = true;
            error = e;
            checkpointFailures.add(Failure.of(e));
        }
        notes = UserContext.INSTANCE.notes();
    }

    private void decide() {
        if (policies.failure() != null) checkpointFailures.add(Failure.ofPolicies(policies.failure(), policies.doubt()));
        JarCache jars = JarCache.forget();
        Heap claimed = Heap.walkOpen(generation.socketsFirst ? CLAIMED_FIRST : SELECTORS_FIRST);
        SelectorKeys keys = generation.socketsFirst ? null : SelectorKeys.read(claimed, generation, policies);
        Garbage.drain(claimed.of(Garbage.CLEANER));
        JarCache.remember(jars);
        judgement = new Judge(generation, policies, keys, seen).judge();
        Reference.reachabilityFence(claimed);
        judgement.warn();
        for (ExpectedException.Phase phase : new ExpectedException.Phase[] { ExpectedException.Phase.NOTIFIED, ExpectedException.Phase.CLAIMED, ExpectedException.Phase.NATIVE })
            checkpointFailures.addAll(judgement.failures(phase, policies, generation));
        refused = refused || !checkpointFailures.isEmpty();
        restoreFailures.addAll(judgement.failures(ExpectedException.Phase.RESTORED, policies, generation));
    }

    private void restore() {
        try {
            UserContext.INSTANCE.afterRestore(null);
        } catch (RestoreException e) {
            for (Throwable part : e.getSuppressed()) restoreFailures.add(thrown(part));
        } catch (Throwable e) {
            if (e != UserContext.INSTANCE.error()) throw e;
            error = e;
            restoreFailures.add(Failure.of(e));
        }
        reopening = UserContext.INSTANCE.reopening();
        reopening.compare();
    }

    private static Failure thrown(Throwable part) {
        return Failure.thrown(part, UserContext.INSTANCE.doubtAbout(part));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable e) throws T {
        throw (T) e;
    }

    private long lap(String name, long since) {
        long now = System.nanoTime();
        millis.put(name, (now - since) / 1_000_000);
        return now;
    }

    /** An application under a security manager must not need permissions for what the JDK itself would do. */
    @SuppressWarnings("removal")
    private static void privileged(Runnable action) {
        AccessController.doPrivileged((PrivilegedAction<Void>) () -> {
            action.run();
            return null;
        });
    }

    @SuppressWarnings("removal")
    private static <T> T privilegedly(PrivilegedAction<T> action) {
        return AccessController.doPrivileged(action);
    }

    /** The application has its answer as an exception; the harness gets the same one as a file. */
    private void tell(File file) {
        try {
            Result.of(answer()).write(file);
        } catch (IOException e) {
            System.err.println("crac-preflight: can't write the result of the rehearsal: " + e);
        }
    }

    /** A refused checkpoint also carries what fails in afterRestore (docs/crac/decisions.md 1.4). */
    private List<Failure> allFailures() {
        List<Failure> all = new ArrayList<>(checkpointFailures);
        all.addAll(restoreFailures);
        return all;
    }

    Answer answer() {
        List<String> told = new ArrayList<>(notes);
        if (threadsRan) told.add(THREADS_RAN);
        return new Answer(generation, refused, allFailures(), restoreFailures, error, judgement, reopening, passage, told, millis);
    }
}
