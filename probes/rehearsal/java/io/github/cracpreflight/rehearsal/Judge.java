package io.github.cracpreflight.rehearsal;

import java.io.FileDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at every descriptor and decides. Other threads are not stopped, as a CRaC JDK stops only those that open
 * descriptors: where the table moves, it looks three times and believes only what is there each time.
 */
final class Judge {
    private static final int LOOKS = 3;
    private static final long PAUSE_NANOS = 30_000_000;
    private static final List<String> CLASSES = new ArrayList<>();

    static {
        CLASSES.add("java.io.FileDescriptor");
        CLASSES.addAll(FileOwners.CLASSES);
        CLASSES.addAll(SocketOwners.CLASSES);
        CLASSES.addAll(PipeOwners.CLASSES);
        CLASSES.addAll(NumberOwners.CLASSES);
    }

    private final Generation generation;
    private final Policies policies;
    private final SelectorKeys keys;

    Judge(Generation generation, Policies policies, SelectorKeys keys) {
        this.generation = generation;
        this.policies = policies;
        this.keys = keys;
    }

    Judgement judge() {
        List<Verdict> verdicts = List.of();
        Map<String, Integer> seen = new HashMap<>();
        for (int look = 1; look <= LOOKS; look++) {
            if (look > 1) LockSupport.parkNanos(PAUSE_NANOS);
            DescriptorTable table = DescriptorTable.now();
            verdicts = look(table);
            boolean settled = table.same(DescriptorTable.now());
            // a descriptor without an owner may be half open in another thread
            if (look == 1 && settled && verdicts.stream().noneMatch(v -> v.blocks() && v.owner() == null)) return new Judgement(verdicts, List.of());
            for (Verdict verdict : verdicts) seen.merge(verdict.identity(), 1, Integer::sum);
        }
        List<Verdict> steady = new ArrayList<>(), moving = new ArrayList<>();
        for (Verdict verdict : verdicts) (seen.get(verdict.identity()) == LOOKS || !verdict.blocks() ? steady : moving).add(verdict);
        return new Judgement(steady, moving);
    }

    private List<Verdict> look(DescriptorTable table) {
        Heap heap = Heap.walk(CLASSES);
        Owners owners = new Owners(table, policies, generation);
        SocketOwners.collect(heap, owners, keys);
        PipeOwners.collect(heap, owners);
        FileOwners.collect(heap, owners);
        NumberOwners.collect(heap, owners, keys);
        Map<Integer, Owner> byNumber = owners.all(heap.of(FileDescriptor.class.getName()));
        Unowned unowned = new Unowned(table, FileOwners.recordings(heap));
        List<Verdict> verdicts = new ArrayList<>();
        for (Descriptor descriptor : table.all()) verdicts.add(verdict(descriptor, byNumber.get(descriptor.fd()), unowned));
        return verdicts;
    }

    private Verdict verdict(Descriptor descriptor, Owner owner, Unowned unowned) {
        Kind without = unowned.kind(descriptor);
        if (owner == null) return unowned(descriptor, without);
        Rule rule = Rules.find(owner.kind, owner.state, generation);
        // the native scan asks the same questions before it complains, whoever the owner is
        if (rule.isNative() && (without == Kind.ALLOWED || without == Kind.INHERITED)) return unowned(descriptor, without);
        int index = 0;
        while (index < owner.parts.size() && owner.parts.get(index).fd() != descriptor.fd()) index++;
        String role = index < owner.parts.size() ? owner.parts.get(index).role() : "";
        return new Verdict(descriptor, owner, owner.kind, rule, role, index == 0);
    }

    private Verdict unowned(Descriptor descriptor, Kind kind) {
        return new Verdict(descriptor, null, kind, Rules.find(kind, State.OPEN, generation), "", true);
    }
}
