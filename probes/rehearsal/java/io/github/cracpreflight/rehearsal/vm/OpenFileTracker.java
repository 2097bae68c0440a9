package io.github.cracpreflight.rehearsal.vm;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Knows an open descriptor again. Number and inode do not suffice: who lists one directory again and again gets the same of
 * both, and all anonymous inodes are one. So the open file itself gets a mark, which nobody sees and which goes with it. A
 * duplicate to compare with (kcmp) would be exact, too, but is not harmless: it keeps a connection open that the application
 * closes, and closing it drops the application's file locks.
 */
public final class OpenFileTracker implements AutoCloseable {
    private final Map<Integer, Descriptor> tracked = new HashMap<>();
    private final Set<Integer> marked = new HashSet<>();

    public void track(Descriptor descriptor) {
        int mark = hasInodeOfItsOwn(descriptor) ? 0 : Vm.mark(descriptor.fd(), descriptor.device(), descriptor.inode());
        if (mark == Vm.GONE) return;
        if (mark == Vm.MARKED) marked.add(descriptor.fd());
        tracked.put(descriptor.fd(), descriptor);
    }

    /** Whether this is still what was tracked under its number; false too for what never was. */
    public boolean holds(Descriptor seen, DescriptorTable now) {
        Descriptor then = tracked.get(seen.fd());
        return seen.same(then) && then.same(now.get(seen.fd())) && hasItsMark(seen.fd());
    }

    /** Asks of one after the other, as there may be very many and one is enough. */
    public boolean holdsAny() {
        for (Descriptor then : tracked.values()) if (isThere(then)) return true;
        return false;
    }

    /** Drops what is no longer there, so that a later file under its number is not taken for it. */
    public void forgetGone() {
        tracked.values().removeIf(then -> !isThere(then));
    }

    private boolean isThere(Descriptor then) {
        return Vm.leadsTo(then.fd(), then.device(), then.inode()) && hasItsMark(then.fd());
    }

    private boolean hasItsMark(int fd) {
        return !marked.contains(fd) || Vm.isMarked(fd);
    }

    public boolean isEmpty() {
        return tracked.isEmpty();
    }

    @Override
    public void close() {
        // a duplicate may have survived the number that was marked
        if (!marked.isEmpty()) for (Descriptor descriptor : DescriptorTable.identitiesNow().all()) Vm.unmark(descriptor.fd());
    }

    private static boolean hasInodeOfItsOwn(Descriptor descriptor) {
        return descriptor.isSocket() || descriptor.type().equals("fifo");
    }
}
