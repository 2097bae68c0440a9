package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.policies.Policies;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.io.FileDescriptor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who owns which descriptor. As in CRaC the first owner of a FileDescriptor wins, and any owner wins over the
 * FileDescriptor itself.
 */
public final class Owners {
    private final DescriptorTable table;
    private final Policies policies;
    /** The rules of the target JDK. */
    final Generation generation;
    private final Map<FileDescriptor, Owner> byObject = new IdentityHashMap<>();
    private final Map<Integer, Owner> byNumber = new HashMap<>();
    private final List<Owner> emptyHanded = new ArrayList<>();
    private final Set<FileDescriptor> stale = Collections.newSetFromMap(new IdentityHashMap<>());

    public Owners(DescriptorTable table, Policies policies, Generation generation) {
        this.generation = generation;
        this.table = table;
        this.policies = policies;
    }

    /** The row of a valid FileDescriptor; null where the object is closed or its number is not open. */
    Descriptor row(Object descriptor) {
        if (!(descriptor instanceof FileDescriptor f) || !f.valid() || stale.contains(f)) return null;
        return table.get(number(f));
    }

    static int number(FileDescriptor descriptor) {
        return Internals.getInt(descriptor, "fd");
    }

    void own(Object descriptor, Owner owner) {
        if (row(descriptor) == null) return;
        FileDescriptor f = (FileDescriptor) descriptor;
        if (byObject.putIfAbsent(f, owner) == null) owner.part(number(f), "");
    }

    /** For owners that CRaC notifies even where they are closed, or where somebody else has claimed their descriptor. */
    void notified(Owner owner) {
        if (owner.parts.isEmpty()) emptyHanded.add(owner);
    }

    /** Those that were notified, and own nothing. */
    public List<Owner> emptyHanded() {
        return emptyHanded;
    }

    /** For owners that keep plain numbers; they know them best. */
    void ownNumber(int fd, String role, Owner owner) {
        if (fd <= 2 || table.get(fd) == null) return;
        owner.part(fd, role);
        byNumber.put(fd, owner);
    }

    /** A closed channel keeps a FileDescriptor whose number may be someone else's by now. */
    void stale(Object descriptor) {
        if (descriptor instanceof FileDescriptor f) stale.add(f);
    }

    /** To be called when every owner is known: what is left speaks for itself. */
    public Map<Integer, Owner> all(List<Object> liveDescriptors) {
        Map<Integer, Owner> all = new HashMap<>();
        for (Object object : liveDescriptors) {
            FileDescriptor f = (FileDescriptor) object;
            if (row(f) == null) continue;
            Owner owner = byObject.get(f);
            if (owner != null) all.put(number(f), owner);
            else all.computeIfAbsent(number(f), fd -> unowned(f));
        }
        all.putAll(byNumber);
        return all;
    }

    private Owner unowned(FileDescriptor f) {
        boolean standard = f == FileDescriptor.in || f == FileDescriptor.out || f == FileDescriptor.err;
        Owner owner = standard ? new Owner(Kind.STANDARD_STREAM, State.OPEN, f)
            : Owner.policed(Kind.BARE, policies.forDescriptor(row(f)), f);
        return owner.part(number(f), "");
    }

    Policies policies() {
        return policies;
    }
}
