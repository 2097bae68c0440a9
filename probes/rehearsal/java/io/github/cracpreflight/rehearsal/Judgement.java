package io.github.cracpreflight.rehearsal;

import java.util.ArrayList;
import java.util.List;
import jdk.internal.crac.LoggerContainer;

/**
 * What {@link Judge} decided.
 * @param moving descriptors that were opened or closed meanwhile; nothing is held against them
 */
record Judgement(List<Verdict> verdicts, List<Verdict> moving) {
    private static final String LATE = "the agent came late: a descriptor that was inherited can't be told from one that was opened";

    /** The exceptions of one phase, in the order in which they are printed. */
    List<Found> found(Says.Phase phase, Policies policies, Generation generation) {
        List<Found> found = new ArrayList<>();
        for (Verdict verdict : verdicts)
            for (Says says : verdict.rule().says())
                if (says.phase() == phase && (says.each() || verdict.first()) && !isExcused(says, verdict, policies))
                    found.add(new Found(Exceptions.make(says, verdict.owner(), verdict.descriptor(), verdict.role(), verdict.kind(), generation),
                        verdict.descriptor().fd(), unknowable(verdict)));
        return found;
    }

    /** What a CRaC JDK logs about descriptors that only a policy lets pass (crac.md 3.5). */
    void warn() {
        for (Verdict verdict : verdicts) {
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
        return verdict.kind() == Kind.NOBODY && Vm.attachedLate() ? LATE : null;
    }
}
