package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.net.InetSocketAddress;
import java.net.SocketImpl;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A socket of one of the JDK's classes at the moment of the checkpoint, as far as its own text would show it.
 * @param holder which of the classes holds it
 * @param server whether it is of a class that accepts connections; a SocketImpl does not say so
 * @param local null where the text shows none
 */
record SocketState(String holder, String state, boolean server, boolean channel, String local, String remote) {
    /** Null for an object of any other class. */
    static SocketState of(Object socket, Generation generation) {
        if (socket instanceof SocketImpl)
            return new SocketState("socket", "open", false, false, ":" + Internals.getInt(socket, "localport"),
                Internals.get(socket, "address") + ":" + Internals.getInt(socket, "port"));
        String holder = socket instanceof ServerSocketChannel ? "server-channel" : socket instanceof SocketChannel ? "channel"
            : socket instanceof AsynchronousSocketChannel || socket instanceof AsynchronousServerSocketChannel ? "asynchronous-channel" : null;
        if (holder == null || !socket.getClass().getName().startsWith("sun.nio.ch.")) return null;
        boolean server = socket instanceof ServerSocketChannel || socket instanceof AsynchronousServerSocketChannel;
        if (!((Channel) socket).isOpen()) return new SocketState(holder, "closed", server, true, null, null);
        Object local = Internals.get(socket, "localAddress"), remote = server ? null : Internals.get(socket, "remoteAddress");
        String state = server && local == null ? "unbound" : !server && Internals.isInState(socket, "ST_UNCONNECTED") ? "unconnected" : "open";
        return new SocketState(holder, state, server, true, isShown(socket, local, generation) ? text(local) : null, text(remote));
    }

    /** Some releases hide the path that a unix socket is bound to, and a listening channel hides it in all of them. */
    private static boolean isShown(Object socket, Object local, Generation generation) {
        if (socket instanceof ServerSocketChannel) return local instanceof InetSocketAddress;
        return !(local instanceof UnixDomainSocketAddress) || Wording.of(socket, generation).contains(" local=" + local);
    }

    private static String text(Object address) {
        return address == null || address.toString().isEmpty() ? null : address.toString();
    }
}
