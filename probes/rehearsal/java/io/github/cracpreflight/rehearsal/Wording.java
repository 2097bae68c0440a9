package io.github.cracpreflight.rehearsal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Locale;

/** Fills in the words of a rule's texts. */
final class Wording {
    private Wording() { }

    static String fill(String text, Owner owner, Descriptor descriptor, String role) {
        if (text == null || text.indexOf('{') < 0) return text;
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (int open; (open = text.indexOf('{', from)) >= 0; ) {
            int close = text.indexOf('}', open);
            filled.append(text, from, open).append(word(text.substring(open + 1, close), owner, descriptor, role));
            from = close + 1;
        }
        return filled.append(text, from, text.length()).toString();
    }

    private static String word(String name, Owner owner, Descriptor descriptor, String role) {
        return switch (name) {
            case "fd" -> String.valueOf(descriptor.fd());
            case "other" -> String.valueOf(owner.parts.get(owner.parts.size() - 1).fd());
            case "role" -> role;
            case "path" -> owner.path;
            case "owner" -> of(owner.object);
            case "hash" -> Integer.toHexString(System.identityHashCode(owner.object));
            case "channels" -> owner.channels.toString();
            case "action" -> String.valueOf(owner.action).toLowerCase(Locale.ROOT);
            case "action as written" -> owner.action;
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** An owner as its own toString shows it, or as the target JDK's would: JDK 25 has lost the address in one of them. */
    static String of(Object object) {
        if (object == null) return null;
        try {
            return object instanceof ServerSocketChannel channel ? listening(channel) : String.valueOf(object);
        } catch (Throwable brokenToString) {
            return object.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(object));
        }
    }

    private static String listening(ServerSocketChannel channel) throws IOException {
        String text = channel.getClass().getName();
        if (!text.equals("sun.nio.ch.ServerSocketChannelImpl")) return channel.toString();
        if (!channel.isOpen()) return text + "[closed]";
        SocketAddress address = channel.getLocalAddress();
        return text + "[" + (address == null ? "unbound" : address instanceof InetSocketAddress ? address : "") + "]";
    }
}
