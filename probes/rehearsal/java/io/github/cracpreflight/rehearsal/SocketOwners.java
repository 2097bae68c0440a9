package io.github.cracpreflight.rehearsal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Sockets of every kind. A socket's owner is its SocketImpl, a channel owns itself (rehearsal-rules.md: SrvSock). */
final class SocketOwners {
    static final List<String> CLASSES = List.of("java.net.SocketImpl", "java.net.DatagramSocketImpl", "sun.nio.ch.SelChImpl",
        "sun.nio.ch.AsynchronousSocketChannelImpl", "sun.nio.ch.AsynchronousServerSocketChannelImpl");

    private SocketOwners() { }

    static void collect(Heap heap, Owners owners, SelectorKeys keys) {
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
        if (is(impl, "ST_CLOSED")) owners.stale(descriptor);
        else if (row != null) {
            InetAddress address = Internals.get(impl, "address") instanceof InetAddress a ? a : null;
            int port = Internals.getInt(impl, "port"), localPort = Internals.getInt(impl, "localport");
            SocketAddress bound = localPort <= 0 ? null : new InetSocketAddress(row.listening() ? address : null, localPort);
            SocketAddress peer = port <= 0 ? null : new InetSocketAddress(address, port);
            own(impl, descriptor, row, bound, peer, owners);
        }
    }

    private static void selectable(Channel channel, Owners owners, SelectorKeys keys) {
        Object descriptor = Internals.get(channel, "fd");
        if (is(channel, "ST_CLOSED")) owners.stale(descriptor);
        else if (channel instanceof Pipe.SourceChannel || channel instanceof Pipe.SinkChannel) return;
        else if (is(channel, "ST_CLOSING")) {
            State state = keys.letsGo(channel) ? State.CLOSED_AND_FLUSHED : State.CLOSED_BUT_REGISTERED;
            owners.own(descriptor, new Owner(channel instanceof DatagramChannel ? Kind.DATAGRAM : Kind.SOCKET, state, channel));
        } else if (channel instanceof DatagramChannel) datagram(channel, descriptor, owners);
        else if (channel instanceof NetworkChannel network) channel(network, descriptor, owners);
        else owners.own(descriptor, new Owner(Kind.SOCKET, State.OPEN, channel));
    }

    private static void datagram(Object owner, Object descriptor, Owners owners) {
        Descriptor row = owners.row(descriptor);
        if (row != null) owners.own(descriptor, Owner.policed(Kind.DATAGRAM, owners.policies().forDescriptor(row), owner));
    }

    private static void channel(NetworkChannel channel, Object descriptor, Owners owners) {
        Descriptor row = owners.row(descriptor);
        if (row != null) own(channel, descriptor, row, localAddress(channel), remoteAddress(channel), owners);
    }

    private static void own(Object owner, Object descriptor, Descriptor row, SocketAddress local, SocketAddress remote, Owners owners) {
        Policies.Decision decision = owners.policies().forSocket(new SocketMatch(local, remote, row.listening(), owners.generation));
        owners.own(descriptor, Owner.policed(row.listening() ? Kind.LISTENER : Kind.SOCKET, decision, owner));
    }

    /** What a policy would do to this channel; {@link SelectorKeys} asks as a closed channel makes no selector busy. */
    static Policies.Decision decision(NetworkChannel channel, Policies policies, Generation generation) {
        boolean listening = channel instanceof java.nio.channels.ServerSocketChannel;
        return policies.forSocket(new SocketMatch(localAddress(channel), remoteAddress(channel), listening, generation));
    }

    private static SocketAddress localAddress(NetworkChannel channel) {
        try {
            return channel.getLocalAddress();
        } catch (IOException closed) {
            return null;
        }
    }

    private static SocketAddress remoteAddress(NetworkChannel channel) {
        try {
            return channel instanceof SocketChannel socket ? socket.getRemoteAddress()
                : channel instanceof AsynchronousSocketChannel socket ? socket.getRemoteAddress() : null;
        } catch (IOException closed) {
            return null;
        }
    }

    static boolean is(Object object, String stateName) {
        Object wanted = Internals.getStatic(object.getClass(), stateName);
        return wanted != null && wanted.equals(Internals.get(object, "state"));
    }
}
