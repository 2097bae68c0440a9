package io.github.cracpreflight.rehearsal;

import java.io.FileDescriptor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at every descriptor and decides. Other threads are not stopped, as a CRaC JDK stops only those that open
 * descriptors: where the table moves, it looks several times and believes only what is there each time.
 */
final class Judge {
    /**
     * Before each look. The last is for what no Java object explains while the table moves: on a machine with too few processors a thread that has
     * just opened a descriptor may have to wait that long for its turn to close it.
     */
    private static final long[] PAUSE_NANOS = { 0, 30_000_000, 150_000_000, 600_000_000 };
    private static final Set<Kind> JVMS_OWN = EnumSet.of(Kind.ATTACH, Kind.PRE_CLOSE, Kind.MODULES_FILE, Kind.ZGC_HEAP);
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
        DescriptorTable table = DescriptorTable.now();
        List<Verdict> verdicts = look(table);
        // a descriptor without an owner may be half open in another thread
        boolean settled = table.same(DescriptorTable.now()) && verdicts.stream().noneMatch(v -> v.blocks() && v.owner() == null);
        return settled ? new Judgement(verdicts, List.of()) : lookAgain(verdicts);
    }

    private Judgement lookAgain(List<Verdict> first) {
        Set<Integer> marked = new HashSet<>(), changed = new HashSet<>();
        for (Verdict verdict : first) {
            int fd = verdict.descriptor().fd();
            int mark = verdict.blocks() && !hasInodeOfItsOwn(verdict) ? Vm.mark(fd) : 0;
            if (mark == Vm.MARKED) marked.add(fd);
            else if (mark == Vm.GONE) changed.add(fd);
        }
        Map<String, Integer> seen = new HashMap<>();
        List<Verdict> last = first;
        int looks = 0;
        while (looks < PAUSE_NANOS.length) {
            if (looks > 0) {
                LockSupport.parkNanos(PAUSE_NANOS[looks]);
                last = look(DescriptorTable.now());
            }
            for (Verdict verdict : last) seen.merge(verdict.identity(), 1, Integer::sum);
            looks++;
            boolean isQuiet = Collections.min(seen.values()) == looks;
            if (looks == PAUSE_NANOS.length - 1 && (isQuiet || last.stream().noneMatch(Judge::isUnexplained))) break;
        }
        for (int fd : marked) if (!Vm.unmark(fd)) changed.add(fd);
        List<Verdict> steady = new ArrayList<>(), moving = new ArrayList<>();
        for (Verdict verdict : last) {
            boolean same = seen.get(verdict.identity()) == looks && !changed.contains(verdict.descriptor().fd());
            (same || !verdict.blocks() ? steady : moving).add(verdict);
        }
        return new Judgement(steady, moving);
    }

    private static boolean isUnexplained(Verdict verdict) {
        return verdict.blocks() && (verdict.owner() == null || verdict.kind() == Kind.BARE);
    }

    /** Every directory stream over one directory shares its inode, and all anonymous inodes are one. */
    private static boolean hasInodeOfItsOwn(Verdict verdict) {
        return verdict.descriptor().isSocket() || verdict.descriptor().type().equals("fifo");
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
        // a FileDescriptor that nobody has collected yet may name a number that the JVM has used anew
        if (owner == null || owner.kind == Kind.BARE && JVMS_OWN.contains(without)) return unowned(descriptor, without);
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
