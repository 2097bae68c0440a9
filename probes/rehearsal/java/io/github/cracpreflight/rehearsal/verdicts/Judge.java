package io.github.cracpreflight.rehearsal.verdicts;

import io.github.cracpreflight.rehearsal.owners.FileOwners;
import io.github.cracpreflight.rehearsal.owners.NumberOwners;
import io.github.cracpreflight.rehearsal.owners.Owner;
import io.github.cracpreflight.rehearsal.owners.Owners;
import io.github.cracpreflight.rehearsal.owners.PipeOwners;
import io.github.cracpreflight.rehearsal.owners.SelectorKeys;
import io.github.cracpreflight.rehearsal.owners.SocketOwners;
import io.github.cracpreflight.rehearsal.owners.Unowned;
import io.github.cracpreflight.rehearsal.policies.Policies;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.Rule;
import io.github.cracpreflight.rehearsal.rules.Rules;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.OpenFileTracker;
import io.github.cracpreflight.rehearsal.vm.Quiescence;
import java.io.FileDescriptor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at every descriptor and decides. Other threads are not stopped, as a CRaC JDK stops only those that open
 * descriptors; so what speaks against the checkpoint must still be there when every thread has had its turn.
 */
public final class Judge {
    private static final Set<Kind> JVMS_OWN = EnumSet.of(Kind.ATTACH, Kind.PRE_CLOSE, Kind.MODULES_FILE, Kind.ZGC_HEAP);
    private static final List<String> CLASSES = new ArrayList<>();

    static {
        CLASSES.add("java.io.FileDescriptor");
        CLASSES.addAll(FileOwners.CLASSES);
        CLASSES.addAll(SocketOwners.CLASSES);
        CLASSES.addAll(PipeOwners.CLASSES);
        CLASSES.addAll(NumberOwners.CLASSES);
    }

    /** In an application that opens and closes meanwhile, a thread may hold a file for long just as others are in its way. */
    private static final int TURNS_OF_QUIET = 5, TURNS_OF_BUSY = 20;

    private final Generation generation;
    private final Policies policies;
    /** Null in generations that ask the selectors late. */
    private final SelectorKeys earlyKeys;
    /** What spoke against the checkpoint when the last callback had returned. */
    private final List<TooLate> seen;

    public Judge(Generation generation, Policies policies, SelectorKeys earlyKeys, List<TooLate> seen) {
        this.generation = generation;
        this.policies = policies;
        this.earlyKeys = earlyKeys;
        this.seen = seen;
    }

    /**
     * The first look, while the application's threads are held: what has been open for long and speaks against the checkpoint
     * now does so whatever becomes of it.
     */
    public static List<TooLate> atOnce(Generation generation, Policies policies, Established established) {
        DescriptorTable table = DescriptorTable.now();
        List<TooLate> seen = new ArrayList<>();
        for (Verdict verdict : new Judge(generation, policies, null, List.of()).look(table, new ArrayList<>()))
            if (verdict.blocks() && established.holds(verdict.descriptor(), table)) seen.add(TooLate.of(verdict, policies, generation));
        return seen;
    }

    public Judgement judge() {
        DescriptorTable table = DescriptorTable.now();
        List<Verdict> emptyHanded = new ArrayList<>();
        List<Verdict> verdicts = look(table, emptyHanded);
        if (verdicts.stream().noneMatch(Verdict::blocks)) return new Judgement(verdicts, List.of(), emptyHanded, TooLate.among(seen, table));
        try (OpenFileTracker tracker = new OpenFileTracker()) {
            for (Verdict verdict : verdicts) if (verdict.blocks()) tracker.track(verdict.descriptor());
            Quiescence.await(TURNS_OF_QUIET, tracker::holdsAny);
            DescriptorTable now = DescriptorTable.identitiesNow();
            boolean quiet = table.same(now) && verdicts.stream().allMatch(v -> !v.blocks() || tracker.holds(v.descriptor(), now));
            // the first look may have met a thread between opening and telling Java of it
            if (quiet && verdicts.stream().noneMatch(Judge::isUnexplained)) return new Judgement(verdicts, List.of(), emptyHanded, TooLate.among(seen, table));
            if (!quiet) Quiescence.await(TURNS_OF_BUSY, tracker::holdsAny);
            // what throws has thrown with the first look; by now the agent has closed streams of its own
            return divide(look(DescriptorTable.now(), new ArrayList<>()), tracker, emptyHanded);
        }
    }

    private Judgement divide(List<Verdict> verdicts, OpenFileTracker tracker, List<Verdict> emptyHanded) {
        DescriptorTable now = DescriptorTable.identitiesNow();
        List<Verdict> steady = new ArrayList<>(), moving = new ArrayList<>();
        for (Verdict verdict : verdicts) (!verdict.blocks() || tracker.holds(verdict.descriptor(), now) ? steady : moving).add(verdict);
        return new Judgement(steady, moving, emptyHanded, TooLate.among(seen, now));
    }

    private static boolean isUnexplained(Verdict verdict) {
        return verdict.blocks() && (verdict.owner() == null || verdict.kind() == Kind.BARE);
    }

    private List<Verdict> look(DescriptorTable table, List<Verdict> emptyHanded) {
        Heap heap = Heap.walk(CLASSES, policies.areAbout("file"));
        SelectorKeys keys = earlyKeys == null ? SelectorKeys.read(heap, generation, policies) : earlyKeys;
        Owners owners = new Owners(table, policies, generation);
        SocketOwners.collect(heap, owners, keys);
        PipeOwners.collect(heap, owners);
        FileOwners.collect(heap, owners);
        NumberOwners.collect(heap, owners, keys);
        Map<Integer, Owner> byNumber = owners.all(heap.of(FileDescriptor.class.getName()));
        for (Owner owner : owners.emptyHanded())
            emptyHanded.add(new Verdict(null, owner, owner.kind, Rules.find(owner.kind, owner.state, generation), "", true));
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
        // the native scan asks the same questions before it complains, with any owner
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
