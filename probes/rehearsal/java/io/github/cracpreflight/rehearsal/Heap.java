package io.github.cracpreflight.rehearsal;

import java.io.FileDescriptor;
import java.nio.channels.Channel;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Live objects of the classes that may own a descriptor, found in one walk through the heap. */
final class Heap {
    private final Object[] objects;

    private Heap(Object[] objects) {
        this.objects = objects;
    }

    /** Classes that this JDK does not have are left out. */
    static Heap walk(List<String> classes) {
        List<Class<?>> roots = new ArrayList<>();
        for (String name : classes) {
            Class<?> type = Internals.find(name);
            if (type != null) roots.add(type);
        }
        Object[] found = Vm.instances(roots.toArray(new Class<?>[0]));
        if (found == null) throw new IllegalStateException("the heap can't be walked");
        return new Heap(found);
    }

    /** Only what is still open: a busy application leaves very many closed sockets behind. */
    static Heap walkOpen(List<String> classes) {
        List<Object> open = new ArrayList<>();
        for (Object object : walk(classes).objects) if (isOpen(object)) open.add(object);
        return new Heap(open.toArray());
    }

    private static boolean isOpen(Object object) {
        if (object instanceof Selector selector) return selector.isOpen();
        // the descriptor of a closed channel stays open while a selector holds its key
        return Internals.get(object, "fd") instanceof FileDescriptor descriptor && descriptor.valid()
            && (!(object instanceof Channel channel) || channel.isOpen() || SocketOwners.is(object, "ST_CLOSING"));
    }

    /** Instances of the class and its subclasses; the class must be among those walked for. */
    List<Object> of(String name) {
        List<Object> found = new ArrayList<>();
        Class<?> type = Internals.find(name);
        if (type != null) for (Object object : objects) if (type.isInstance(object)) found.add(object);
        return found;
    }
}
