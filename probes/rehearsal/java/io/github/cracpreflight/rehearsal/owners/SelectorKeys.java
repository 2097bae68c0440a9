package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.policies.Policies;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which keys a CRaC JDK would count when it asks each selector (docs/crac/decisions.md 4.1, 4.3). With a thread inside select
 * these are the keys that it has taken over; without one a helper thread selects, which takes over new keys and flushes
 * cancelled ones.
 */
public final class SelectorKeys {
    public static final String SELECTOR = "sun.nio.ch.SelectorImpl";
    private final Generation generation;
    private final Policies policies;
    private final Map<Object, List<SelectableChannel>> busy = new IdentityHashMap<>();
    private final Set<Object> flushed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Object> kept = Collections.newSetFromMap(new IdentityHashMap<>());

    private SelectorKeys(Generation generation, Policies policies) {
        this.generation = generation;
        this.policies = policies;
    }

    /** To be read when CRaC reads them; what a later GC or flush changes is not seen. */
    public static SelectorKeys read(Heap heap, Generation generation, Policies policies) {
        SelectorKeys keys = new SelectorKeys(generation, policies);
        for (Object selector : heap.of(SELECTOR)) if (((Selector) selector).isOpen()) keys.count(selector);
        return keys;
    }

    /** The channels that make this selector busy, empty when it is idle. */
    List<SelectableChannel> channels(Object selector) {
        return busy.getOrDefault(selector, List.of());
    }

    /** True when every selector that still holds this closed channel's key lets go of it at the checkpoint. */
    boolean letsGo(Object channel) {
        return flushed.contains(channel) && !kept.contains(channel);
    }

    private void count(Object selector) {
        boolean selecting = Internals.isTrue(selector, "inSelect");
        boolean flushes = generation.flushesCancelledKeys || !selecting;
        Set<Object> cancelled = Collections.newSetFromMap(new IdentityHashMap<>());
        cancelled.addAll(copy(Internals.get(selector, "cancelledKeys")));
        List<SelectableChannel> channels = new ArrayList<>();
        Set<Object> counted = new LinkedHashSet<>(taken(selector));
        if (!selecting) counted.addAll(waiting(selector));
        for (Object object : counted) {
            if (!(object instanceof SelectionKey key) || flushes && cancelled.contains(key) || isClosedByPolicy(key)) continue;
            channels.add(key.channel());
        }
        for (Object key : cancelled) (flushes ? flushed : kept).add(((SelectionKey) key).channel());
        busy.put(selector, channels);
    }

    private boolean isClosedByPolicy(SelectionKey key) {
        return generation.socketsFirst && key.channel() instanceof NetworkChannel channel && channel.isOpen()
            && !(channel instanceof java.nio.channels.DatagramChannel)
            && SocketOwners.decision(channel, policies, generation).closes();
    }

    /** The channels whose keys the next select takes over. */
    static List<SelectableChannel> waitingChannels(Object selector) {
        List<SelectableChannel> channels = new ArrayList<>();
        for (Object key : waiting(selector)) channels.add(((SelectionKey) key).channel());
        return channels;
    }

    /** Keys that the next select takes over. One registered without an interest is not among them. */
    private static List<Object> waiting(Object selector) {
        List<Object> waiting = new ArrayList<>();
        for (Object key : copy(Internals.get(selector, "updateKeys"))) if (((SelectionKey) key).isValid()) waiting.add(key);
        return waiting;
    }

    private static Collection<?> taken(Object selector) {
        Object byDescriptor = Internals.get(selector, "fdToKey");
        return copy(byDescriptor instanceof Map<?, ?> map ? map.values() : Internals.get(selector, "pollKeys"));
    }

    /** The selecting thread may change the collection meanwhile; its lock can't be taken, as it holds it while it waits. */
    private static Collection<?> copy(Object collection) {
        for (int i = 0; i < 5 && collection instanceof Collection<?> live; i++)
            try {
                return new ArrayList<>(Arrays.asList(live.toArray()));
            } catch (RuntimeException changedMeanwhile) {
                Thread.yield();
            }
        return List.of();
    }
}
