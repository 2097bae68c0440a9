package io.github.cracpreflight.rehearsal.verdicts;

import io.github.cracpreflight.rehearsal.owners.Owner;
import io.github.cracpreflight.rehearsal.owners.Subject;
import io.github.cracpreflight.rehearsal.policies.Policies;
import io.github.cracpreflight.rehearsal.rules.ExpectedException;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.Vm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jdk.internal.crac.LoggerContainer;

/**
 * What {@link Judge} decided.
 * @param moving descriptors that were opened or closed meanwhile; nothing is held against them
 * @param emptyHanded about owners that own nothing, but are notified; without a descriptor
 * @param late what was closed after the moment at which a CRaC JDK would have looked
 */
public record Judgement(List<Verdict> verdicts, List<Verdict> moving, List<Verdict> emptyHanded, List<TooLate> late) {
    private static final String LATE = "the agent came late: a descriptor that was inherited can't be told from one that was opened";

    /** The exceptions of one phase, in the order in which they are printed. */
    public List<Failure> failures(ExpectedException.Phase phase, Policies policies, Generation generation) {
        List<Failure> failures = new ArrayList<>();
        boolean read = policies.failure() == null;
        for (Verdict verdict : speakers(phase))
            for (ExpectedException expected : verdict.rule().expected()) {
                if (expected.phase() != phase || !expected.each() && !verdict.first() || isExcused(expected, verdict, policies)) continue;
                if (expected.type() != ExpectedException.Type.POLICIES_AGAIN) failures.add(failure(expected, verdict, generation));
                else if (!read) {
                    read = true;
                    failures.add(Failure.ofPolicies(policies.failure(), policies.doubt()));
                    break;
                }
            }
        for (TooLate each : late) failures.addAll(each.failures().get(phase));
        return failures;
    }

    private List<Verdict> speakers(ExpectedException.Phase phase) {
        List<Verdict> speakers = new ArrayList<>(verdicts);
        if (phase == ExpectedException.Phase.NOTIFIED || phase == ExpectedException.Phase.RESTORED) speakers.addAll(emptyHanded);
        return speakers;
    }

    private static Failure failure(ExpectedException expected, Verdict verdict, Generation generation) {
        Descriptor descriptor = verdict.descriptor();
        Exception made = Exceptions.make(expected, verdict.owner(), descriptor, verdict.role(), verdict.kind(), generation);
        return new Failure(made, descriptor == null ? null : descriptor.fd(), unknowable(verdict),
            Subject.of(expected, verdict.owner(), descriptor, verdict.role(), made, generation));
    }

    /** What was closed too late, each with the words for it. */
    public List<Verdict> closedLate() {
        return late.stream().map(TooLate::verdict).toList();
    }

    /** What is not certain about descriptors that nothing speaks against. */
    public Set<String> doubts() {
        Set<String> doubts = new LinkedHashSet<>();
        for (Verdict verdict : verdicts) if (!verdict.blocks() && unknowable(verdict) != null) doubts.add(unknowable(verdict));
        return doubts;
    }

    /** What a CRaC JDK logs about descriptors that only a policy lets pass (docs/crac/decisions.md 3.5). */
    public void warn() {
        for (Verdict verdict : speakers(ExpectedException.Phase.NOTIFIED)) {
            Owner owner = verdict.owner();
            if (owner != null && verdict.first() && owner.warn) LoggerContainer.warn(owner.name() + " was not closed by the application.");
        }
    }

    /** A bare descriptor is asked for a policy of its own, also where it speaks because its owner failed. */
    private static boolean isExcused(ExpectedException expected, Verdict verdict, Policies policies) {
        if (expected.type() != ExpectedException.Type.BARE_DESCRIPTOR) return false;
        State state = policies.forDescriptor(verdict.descriptor()).state();
        return state == State.IGNORED || state == State.CLOSED_BY_POLICY;
    }

    private static String unknowable(Verdict verdict) {
        if (verdict.rule().unknowable() != null) return verdict.rule().unknowable();
        if (verdict.owner() != null && verdict.owner().doubt != null) return verdict.owner().doubt;
        return verdict.kind() == Kind.NOBODY && Vm.attachedLate() ? LATE : null;
    }
}
