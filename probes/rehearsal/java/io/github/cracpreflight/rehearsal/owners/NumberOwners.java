package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.Vm;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;

/** Owners that keep their descriptors as plain numbers: selectors, and those that CRaC does not know. */
public final class NumberOwners {
    public static final List<String> CLASSES = List.of("sun.nio.ch.SelectorImpl", "sun.nio.ch.EPollPort", "sun.nio.ch.Poller",
        "sun.nio.fs.LinuxWatchService$Poller", "sun.nio.fs.UnixDirectoryStream");

    private NumberOwners() { }

    public static void collect(Heap heap, Owners owners, SelectorKeys keys) {
        for (Object selector : heap.of("sun.nio.ch.SelectorImpl")) if (((Selector) selector).isOpen()) selector(selector, heap, owners, keys);
        for (Object watcher : heap.of("sun.nio.fs.LinuxWatchService$Poller"))
            if (!Internals.isTrue(watcher, "shutdown")) watcher(watcher, owners);
        for (Object group : heap.of("sun.nio.ch.EPollPort")) if (!Internals.isTrue(group, "closed")) group(group, owners);
        for (Object poller : heap.of("sun.nio.ch.Poller")) epoll(poller, new Owner(Kind.POLLER, State.OPEN, poller), owners);
        for (Object stream : heap.of("sun.nio.fs.UnixDirectoryStream")) directory(stream, owners);
    }

    private static void selector(Object selector, Heap heap, Owners owners, SelectorKeys keys) {
        List<SelectableChannel> channels = keys.channels(selector);
        State state = channels.isEmpty() ? State.IDLE : State.BUSY;
        if (state == State.IDLE && isSelectedByVirtualThread(selector, heap)) {
            channels = SelectorKeys.waitingChannels(selector);
            if (!channels.isEmpty()) state = State.KEYS_WAIT;
        }
        Owner owner = new Owner(Kind.SELECTOR, state, selector);
        owner.channels = channels;
        epoll(selector, owner, owners);
        for (String end : new String[] { "fd0", "fd1" }) owners.ownNumber(Internals.getInt(selector, end), "EPoll Event FD", owner);
    }

    /** A virtual thread lets a poller wait for its selector. */
    private static boolean isSelectedByVirtualThread(Object selector, Heap heap) {
        int epfd = Internals.getInt(selector, "epfd");
        for (Object poller : heap.of("sun.nio.ch.Poller"))
            if (Internals.get(poller, "map") instanceof Map<?, ?> waiting && waiting.containsKey(epfd)) return true;
        return false;
    }

    private static void epoll(Object object, Owner owner, Owners owners) {
        owners.ownNumber(Internals.getInt(object, "epfd"), "EPoll FD", owner);
        owners.ownNumber(Internals.getInt(Internals.get(object, "eventfd"), "efd"), "EPoll Event FD", owner);
    }

    private static void watcher(Object poller, Owners owners) {
        boolean idle = Internals.get(poller, "wdToKey") instanceof Map<?, ?> keys && keys.isEmpty();
        Owner owner = new Owner(Kind.WATCH_SERVICE, idle ? State.IDLE : State.BUSY, Internals.get(poller, "watcher"));
        owners.ownNumber(Internals.getInt(poller, "ifd"), "", owner);
        both(Internals.get(poller, "socketpair"), owner, owners);
    }

    private static void group(Object group, Owners owners) {
        Owner owner = new Owner(Kind.ASYNC_GROUP, State.OPEN, group);
        owners.ownNumber(Internals.getInt(group, "epfd"), "", owner);
        both(Internals.get(group, "sp"), owner, owners);
    }

    private static void both(Object ends, Owner owner, Owners owners) {
        if (ends instanceof int[] numbers) for (int fd : numbers) owners.ownNumber(fd, "", owner);
    }

    /** Under the stream's own lock: a pointer that another thread closes meanwhile must not be followed. */
    private static void directory(Object stream, Owners owners) {
        if (!(Internals.get(stream, "streamLock") instanceof ReadWriteLock lock) || !lock.readLock().tryLock()) return;
        try {
            if (Internals.isTrue(stream, "isClosed") || !(Internals.get(stream, "dp") instanceof Long pointer)) return;
            owners.ownNumber(Vm.descriptorOfDirectory(pointer), "", new Owner(Kind.DIRECTORY_STREAM, State.OPEN, stream));
        } finally {
            lock.readLock().unlock();
        }
    }
}
