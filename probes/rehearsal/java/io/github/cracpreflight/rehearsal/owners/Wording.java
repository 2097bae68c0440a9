package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/** Fills in the words of a rule's texts. */
public final class Wording {
    private Wording() { }

    public static String fill(String text, Owner owner, Descriptor descriptor, String role, Generation generation) {
        if (text == null || text.indexOf('{') < 0) return text;
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (int open; (open = text.indexOf('{', from)) >= 0; ) {
            int close = text.indexOf('}', open);
            filled.append(text, from, open).append(word(text.substring(open + 1, close), owner, descriptor, role, generation));
            from = close + 1;
        }
        return filled.append(text, from, text.length()).toString();
    }

    private static String word(String name, Owner owner, Descriptor descriptor, String role, Generation generation) {
        return switch (name) {
            case "fd" -> String.valueOf(descriptor.fd());
            case "pipe" -> pipe(owner.object);
            case "role" -> role;
            case "path" -> owner.path;
            case "owner" -> of(owner.object, generation);
            case "hash" -> Integer.toHexString(System.identityHashCode(owner.object));
            case "channels" -> owner.channels.stream().map(channel -> of(channel, generation)).toList().toString();
            case "action" -> String.valueOf(owner.action).toLowerCase(Locale.ROOT);
            case "action as written" -> owner.action;
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** With the numbers that its ends have had where they are closed. */
    static String pipe(Object pipe) {
        return "Pipe " + Internals.getInt(Internals.get(pipe, "source"), "fdVal") + " -> " + Internals.getInt(Internals.get(pipe, "sink"), "fdVal");
    }

    /** An owner as its own toString shows it, or as the target JDK's would: JDK 25 has lost the address in one of them. */
    public static String of(Object object) {
        if (object == null) return null;
        try {
            return object instanceof ServerSocketChannel channel ? listening(channel) : String.valueOf(object);
        } catch (Throwable brokenToString) {
            return object.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(object));
        }
    }

    /** The 21 line hides the path that a unix socket is bound to; JDK 25 shows it. */
    static String of(Object object, Generation generation) {
        String text = of(object);
        return generation != Generation.V25 && object instanceof SocketChannel
            && Internals.get(object, "localAddress") instanceof UnixDomainSocketAddress local ? text.replace(" local=" + local, " local=") : text;
    }

    /** The class that the text of an object begins with, where it does as those of the JDK do. */
    static String typeIn(String text) {
        int end = 0;
        while (end < text.length() && (Character.isJavaIdentifierPart(text.charAt(end)) || text.charAt(end) == '.')) end++;
        return end > 0 && end < text.length() && (text.charAt(end) == '[' || text.charAt(end) == '@') ? text.substring(0, end) : null;
    }

    /** What is called by its class and identity is called by its class. */
    static String withoutIdentity(String text) {
        int end = text.length();
        while (end > 0 && "0123456789abcdef".indexOf(text.charAt(end - 1)) >= 0) end--;
        return end > 0 && end < text.length() && text.charAt(end - 1) == '@' ? text.substring(0, end - 1) : text;
    }

    static String withoutPackage(String text) {
        String type = typeIn(text);
        return type == null ? text : text.substring(type.lastIndexOf('.') + 1);
    }

    private static String listening(ServerSocketChannel channel) throws IOException {
        String text = channel.getClass().getName();
        if (!text.equals("sun.nio.ch.ServerSocketChannelImpl")) return channel.toString();
        if (!channel.isOpen()) return text + "[closed]";
        SocketAddress address = channel.getLocalAddress();
        return text + "[" + (address == null ? "unbound" : address instanceof InetSocketAddress ? address : "") + "]";
    }
}
