package io.github.cracpreflight.rehearsal.verdicts;

import io.github.cracpreflight.rehearsal.policies.Policies;
import io.github.cracpreflight.rehearsal.rules.ExpectedException;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A descriptor that was open for long, was open when the last beforeCheckpoint had returned, and that another thread has closed
 * since. It is reported as it was then. Nothing here keeps its owner alive: what garbage collection closes is closed in time.
 * @param verdict without its owner
 * @param owner null where Java has none
 */
public record TooLate(Verdict verdict, WeakReference<Object> owner, Map<ExpectedException.Phase, List<Failure>> failures) {
    static TooLate of(Verdict verdict, Policies policies, Generation generation) {
        Judgement alone = new Judgement(List.of(verdict), List.of(), List.of(), List.of());
        Map<ExpectedException.Phase, List<Failure>> failures = new EnumMap<>(ExpectedException.Phase.class);
        for (ExpectedException.Phase phase : ExpectedException.Phase.values()) failures.put(phase, alone.failures(phase, policies, generation));
        Verdict ownerless = new Verdict(verdict.descriptor(), null, verdict.kind(), verdict.rule(), verdict.role(), verdict.first());
        return new TooLate(ownerless, verdict.owner() == null ? null : new WeakReference<>(verdict.owner().object), failures);
    }

    /** Those of which neither the descriptor is there any more nor its owner has been garbage. */
    static List<TooLate> among(List<TooLate> seen, DescriptorTable now) {
        List<TooLate> late = new ArrayList<>();
        for (TooLate each : seen) {
            Descriptor descriptor = each.verdict.descriptor();
            boolean garbage = each.owner != null && each.owner.get() == null;
            if (!garbage && !descriptor.same(now.get(descriptor.fd()))) late.add(each);
        }
        return late;
    }
}
