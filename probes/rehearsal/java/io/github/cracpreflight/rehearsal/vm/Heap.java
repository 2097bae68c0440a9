package io.github.cracpreflight.rehearsal.vm;

import java.io.FileDescriptor;
import java.nio.channels.Channel;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Live objects of the classes that may own a descriptor, found in one walk through the heap. */
public final class Heap {
    private final Object[] objects;
    private final List<Class<?>> roots;
    private final Map<Class<?>, List<Object>> byRoot = new HashMap<>();

    /** A field by whose value a closed object is known; the walk leaves it out. */
    private record Closed(String type, String field, Object value) { }

    private static final List<Closed> NEVER_OPEN_AGAIN = List.of(new Closed("java.io.FileDescriptor", "fd", -1),
        new Closed("java.nio.channels.spi.AbstractSelector", "closed", 1), new Closed("sun.nio.fs.UnixDirectoryStream", "isClosed", 1));
    private static final List<Closed> CLOSED_STREAMS = List.of(new Closed("java.io.FileInputStream", "closed", 1),
        new Closed("java.io.FileOutputStream", "closed", 1), new Closed("java.io.RandomAccessFile", "closed", 1));
    /** Where the value is a constant of the class. Such a channel still has to be known when its FileDescriptor is judged. */
    private static final List<Closed> CLOSED_CHANNELS = List.of(new Closed("sun.nio.ch.SocketChannelImpl", "state", "ST_CLOSED"),
        new Closed("sun.nio.ch.ServerSocketChannelImpl", "state", "ST_CLOSED"),
        new Closed("sun.nio.ch.DatagramChannelImpl", "state", "ST_CLOSED"), new Closed("sun.nio.ch.NioSocketImpl", "state", "ST_CLOSED"));

    private Heap(List<Class<?>> roots, Object[] objects) {
        this.roots = roots;
        this.objects = objects;
        for (Class<?> root : roots) byRoot.put(root, new ArrayList<>());
        Map<Class<?>, List<Class<?>>> rootsOf = new HashMap<>();
        for (Object object : objects)
            for (Class<?> root : rootsOf.computeIfAbsent(object.getClass(), this::above)) byRoot.get(root).add(object);
    }

    private List<Class<?>> above(Class<?> type) {
        List<Class<?>> above = new ArrayList<>();
        for (Class<?> root : roots) if (root.isAssignableFrom(type)) above.add(root);
        return above;
    }

    /** Classes that this JDK does not have are left out. */
    public static Heap walk(List<String> classes, boolean closedStreams) {
        List<Closed> closed = new ArrayList<>(NEVER_OPEN_AGAIN);
        if (!closedStreams) closed.addAll(CLOSED_STREAMS);
        return walk(classes, closed);
    }

    private static Heap walk(List<String> classes, List<Closed> closed) {
        List<Class<?>> roots = new ArrayList<>(), closable = new ArrayList<>();
        for (String name : classes) {
            Class<?> type = Internals.find(name);
            if (type != null) roots.add(type);
        }
        List<String> fields = new ArrayList<>();
        List<Integer> values = new ArrayList<>();
        for (Closed known : closed) {
            Class<?> type = Internals.inUse(known.type);
            Object value = known.value instanceof String name && type != null ? Internals.getStatic(type, name) : known.value;
            if (type == null || !(value instanceof Integer number)) continue;
            closable.add(type);
            fields.add(known.field);
            values.add(number);
        }
        Object[] found = Vm.instances(roots.toArray(new Class<?>[0]), closable.toArray(new Class<?>[0]),
            fields.toArray(new String[0]), values.stream().mapToInt(Integer::intValue).toArray());
        if (found == null) throw new IllegalStateException("the heap can't be walked");
        return new Heap(roots, found);
    }

    /** Only what is still open: a busy application leaves very many closed sockets. */
    public static Heap walkOpen(List<String> classes) {
        List<Closed> closed = new ArrayList<>(NEVER_OPEN_AGAIN);
        closed.addAll(CLOSED_CHANNELS);
        Heap all = walk(classes, closed);
        List<Object> open = new ArrayList<>();
        for (Object object : all.objects) if (isOpen(object)) open.add(object);
        return new Heap(all.roots, open.toArray());
    }

    private static boolean isOpen(Object object) {
        if (object instanceof Selector selector) return selector.isOpen();
        // the descriptor of a closed channel stays open while a selector holds its key
        return !(Internals.get(object, "fd") instanceof FileDescriptor descriptor) || descriptor.valid()
            && (!(object instanceof Channel channel) || channel.isOpen() || Internals.isInState(object, "ST_CLOSING"));
    }

    /** Instances of the class and its subclasses; the class must be among those walked for. */
    public List<Object> of(String name) {
        Class<?> type = Internals.find(name);
        return type == null ? List.of() : byRoot.get(type);
    }
}
