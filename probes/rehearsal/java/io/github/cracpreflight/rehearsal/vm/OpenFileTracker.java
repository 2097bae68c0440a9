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
        return seen.same(tracked.get(seen.fd())) && holds(seen.fd(), now);
    }

    private boolean holds(int fd, DescriptorTable now) {
        Descriptor then = tracked.get(fd);
        return then != null && then.same(now.get(fd)) && (!marked.contains(fd) || Vm.isMarked(fd));
    }

    public boolean holdsAny() {
        DescriptorTable now = DescriptorTable.now();
        for (int fd : tracked.keySet()) if (holds(fd, now)) return true;
        return false;
    }

    /** Drops what is no longer there, so that a later file under its number is not taken for it. */
    public void forgetGone() {
        DescriptorTable now = DescriptorTable.now();
        tracked.keySet().removeIf(fd -> !holds(fd, now));
    }

    public boolean isEmpty() {
        return tracked.isEmpty();
    }

    @Override
    public void close() {
        // a duplicate may have survived the number that was marked
        if (!marked.isEmpty()) for (Descriptor descriptor : DescriptorTable.now().all()) Vm.unmark(descriptor.fd());
    }

    private static boolean hasInodeOfItsOwn(Descriptor descriptor) {
        return descriptor.isSocket() || descriptor.type().equals("fifo");
    }
}
