package io.github.cracpreflight.rehearsal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jdk.internal.crac.LoggerContainer;

/**
 * What {@link Judge} decided.
 * @param moving descriptors that were opened or closed meanwhile; nothing is held against them
 * @param emptyHanded about owners that own nothing, but are notified; without a descriptor
 */
record Judgement(List<Verdict> verdicts, List<Verdict> moving, List<Verdict> emptyHanded) {
    private static final String LATE = "the agent came late: a descriptor that was inherited can't be told from one that was opened";

    /** The exceptions of one phase, in the order in which they are printed. */
    List<Found> found(Says.Phase phase, Policies policies, Generation generation) {
        List<Found> found = new ArrayList<>();
        boolean read = policies.failure() == null;
        for (Verdict verdict : speakers(phase))
            for (Says says : verdict.rule().says()) {
                if (says.phase() != phase || !says.each() && !verdict.first() || isExcused(says, verdict, policies)) continue;
                if (says.type() != Says.Type.POLICIES_AGAIN) found.add(found(says, verdict, generation));
                else if (!read) {
                    read = true;
                    found.add(policies.failureAgain());
                    break;
                }
            }
        return found;
    }

    private List<Verdict> speakers(Says.Phase phase) {
        List<Verdict> speakers = new ArrayList<>(verdicts);
        if (phase == Says.Phase.NOTIFIED || phase == Says.Phase.RESTORED) speakers.addAll(emptyHanded);
        return speakers;
    }

    private static Found found(Says says, Verdict verdict, Generation generation) {
        Descriptor descriptor = verdict.descriptor();
        return new Found(Exceptions.make(says, verdict.owner(), descriptor, verdict.role(), verdict.kind(), generation),
            descriptor == null ? null : descriptor.fd(), unknowable(verdict));
    }

    /** What is not certain about descriptors that nothing speaks against. */
    Set<String> doubts() {
        Set<String> doubts = new LinkedHashSet<>();
        for (Verdict verdict : verdicts) if (!verdict.blocks() && unknowable(verdict) != null) doubts.add(unknowable(verdict));
        return doubts;
    }

    /** What a CRaC JDK logs about descriptors that only a policy lets pass (crac.md 3.5). */
    void warn() {
        for (Verdict verdict : speakers(Says.Phase.NOTIFIED)) {
            Owner owner = verdict.owner();
            if (owner != null && verdict.first() && owner.warn) LoggerContainer.warn(owner.name() + " was not closed by the application.");
        }
    }

    /** A bare descriptor is asked for a policy of its own, also where it speaks because its owner failed. */
    private static boolean isExcused(Says says, Verdict verdict, Policies policies) {
        if (says.type() != Says.Type.BARE_DESCRIPTOR) return false;
        State state = policies.forDescriptor(verdict.descriptor()).state();
        return state == State.IGNORED || state == State.CLOSED_BY_POLICY;
    }

    private static String unknowable(Verdict verdict) {
        if (verdict.rule().unknowable() != null) return verdict.rule().unknowable();
        if (verdict.owner() != null && verdict.owner().doubt != null) return verdict.owner().doubt;
        return verdict.kind() == Kind.NOBODY && Vm.attachedLate() ? LATE : null;
    }
}
