package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.policies.Decision;
import io.github.cracpreflight.rehearsal.policies.Policies;
import io.github.cracpreflight.rehearsal.policies.SocketMatch;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.io.FileDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/** Sockets of every kind. A socket's owner is its SocketImpl, a channel owns itself (docs/crac/decisions.md 2.6). */
public final class SocketOwners {
    public static final List<String> CLASSES = List.of("java.net.SocketImpl", "java.net.DatagramSocketImpl", "sun.nio.ch.SelChImpl",
        "sun.nio.ch.AsynchronousSocketChannelImpl", "sun.nio.ch.AsynchronousServerSocketChannelImpl");

    private SocketOwners() { }

    public static void collect(Heap heap, Owners owners, SelectorKeys keys) {
        for (Object impl : heap.of("java.net.SocketImpl")) socket(impl, owners);
        for (Object impl : heap.of("java.net.DatagramSocketImpl")) datagram(impl, Internals.get(impl, "fd"), owners);
        for (Object channel : heap.of("sun.nio.ch.SelChImpl")) selectable((Channel) channel, owners, keys);
        for (String asynchronous : CLASSES.subList(3, 5))
            for (Object channel : heap.of(asynchronous)) {
                Object descriptor = Internals.get(channel, "fd");
                if (((Channel) channel).isOpen()) channel((NetworkChannel) channel, descriptor, owners);
                else owners.stale(descriptor);
            }
    }

    private static void socket(Object impl, Owners owners) {
        Object descriptor = Internals.get(impl, "fd");
        Descriptor row = owners.row(descriptor);
        if (Internals.isInState(impl, "ST_CLOSED")) owners.stale(descriptor);
        else if (row != null) {
            // a listener's remote address is the one it was bound to, with port 0; without an address it is the wildcard
            InetAddress address = Internals.get(impl, "address") instanceof InetAddress a ? a : null;
            SocketAddress remote = new InetSocketAddress(address, Internals.getInt(impl, "port"));
            Decision decision = owners.policies().forSocket(
                new SocketMatch(boundTo(descriptor), remote, row.listening(), owners.generation));
            owners.own(descriptor, Owner.policed(row.listening() ? Kind.LISTENER : Kind.NET_SOCKET, decision, impl));
        }
    }

    /** As the kernel says it: where IPv6 is there, 0.0.0.0 is :: by now. */
    private static SocketAddress boundTo(Object descriptor) {
        try {
            Class<?> net = Internals.inUse("sun.nio.ch.Net");
            return net == null ? null : (SocketAddress) Internals.call(net, "localAddress", new Class<?>[] { FileDescriptor.class }, descriptor);
        } catch (ReflectiveOperationException closedMeanwhile) {
            return null;
        }
    }

    private static void selectable(Channel channel, Owners owners, SelectorKeys keys) {
        Object descriptor = Internals.get(channel, "fd");
        if (Internals.isInState(channel, "ST_CLOSED")) owners.stale(descriptor);
        else if (channel instanceof Pipe.SourceChannel || channel instanceof Pipe.SinkChannel) return;
        else if (Internals.isInState(channel, "ST_CLOSING")) closing(channel, descriptor, owners, keys.letsGo(channel));
        else if (channel instanceof DatagramChannel) datagram(channel, descriptor, owners);
        else if (channel instanceof NetworkChannel network) channel(network, descriptor, owners);
        else owners.own(descriptor, new Owner(Kind.SOCKET, State.OPEN, channel));
    }

    /** Closed, but a selector holds its key and so its descriptor: policies are still asked, unless the selector was first to let go. */
    private static void closing(Channel channel, Object descriptor, Owners owners, boolean flushed) {
        Owner owner = new Owner(channel instanceof DatagramChannel ? Kind.DATAGRAM : Kind.SOCKET,
            flushed ? State.CLOSED_AND_FLUSHED : State.CLOSED_BUT_REGISTERED, channel);
        if (channel instanceof NetworkChannel network && owner.kind == Kind.SOCKET && (!flushed || owners.generation.socketsFirst)) {
            Decision decision = decision(network, owners.policies(), owners.generation);
            Owner policed = Owner.policed(Kind.SOCKET, decision, channel);
            if (!flushed && decision.matched()) owner = policed;
            if (flushed) owners.notified(policed);
        }
        owners.own(descriptor, owner);
    }

    private static void datagram(Object owner, Object descriptor, Owners owners) {
        Descriptor row = owners.row(descriptor);
        if (row != null) owners.own(descriptor, Owner.policed(Kind.DATAGRAM, owners.policies().forDescriptor(row), owner));
    }

    private static void channel(NetworkChannel channel, Object descriptor, Owners owners) {
        Descriptor row = owners.row(descriptor);
        if (row == null) return;
        Decision decision = decision(channel, owners.policies(), owners.generation);
        owners.own(descriptor, Owner.policed(row.listening() ? Kind.LISTENER : Kind.SOCKET, decision, channel));
    }

    /** What a policy would do to this channel; {@link SelectorKeys} asks as a closed channel makes no selector busy. */
    static Decision decision(NetworkChannel channel, Policies policies, Generation generation) {
        boolean listening = channel instanceof ServerSocketChannel || channel instanceof AsynchronousServerSocketChannel;
        return policies.forSocket(new SocketMatch(address(channel, "localAddress"), address(channel, "remoteAddress"), listening, generation));
    }

    /** Read as CRaC reads it; closing leaves it as it is. */
    private static SocketAddress address(NetworkChannel channel, String field) {
        return Internals.get(channel, field) instanceof SocketAddress address ? address : null;
    }
}
