package io.github.cracpreflight.rehearsal.notify;

import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import java.util.HashSet;
import java.util.Set;

/**
 * What a descriptor leads to, as it is known again when it is reopened: number, inode and own port may change.
 * @param text in words
 * @param key equal for all that are the same to the app; without the port where the kernel chose it, as it is another one each time
 * @param onUse whether its owner opens it when it is next used, so that it can't be missing before
 */
record Target(String text, String key, boolean onUse, boolean listening) {
    private static final int AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1;
    private static final String MAPPED = "00000000000000000000ffff";

    /** Null for what nothing tells from others of its kind, such as a selector or a pipe. */
    static Target of(Descriptor d, Set<Integer> servedPorts, PortRange ephemeral) {
        if (!d.isSocket()) return isFile(d.link()) ? new Target(d.link(), d.link(), isOfClassLoader(d.link()), false) : null;
        if (d.family() == Descriptor.AF_UNIX) return unix(d);
        if (d.family() != AF_INET && d.family() != AF_INET6) return null;
        String protocol = d.socketType() == SOCK_STREAM ? "tcp " : "udp ";
        if (d.listening()) return bound(protocol, d, " listening", ephemeral);
        if (d.remote().isEmpty()) return d.socketType() == SOCK_STREAM ? null : bound(protocol, d, "", ephemeral);
        // an accepted connection is for its client to open again
        return servedPorts.contains(d.port()) ? null : connection(protocol + "to " + address(d.remote()));
    }

    /** What the app binds to port 0 can't come back under the port that the kernel gave it. */
    private static Target bound(String protocol, Descriptor d, String state, PortRange ephemeral) {
        String text = protocol + address(d.local()) + state;
        if (!ephemeral.contains(d.port())) return new Target(text, text, false, d.listening());
        String address = address(d.local());
        return new Target(text, protocol + address.substring(0, address.lastIndexOf(':')) + state, false, d.listening());
    }

    private static Target connection(String text) {
        return new Target(text, text, true, false);
    }

    /** A class loader opens its archive again for the next class or resource that it looks for. */
    private static boolean isOfClassLoader(String path) {
        return path.endsWith(".jar") || path.endsWith(".war") || path.endsWith(".ear");
    }

    /** What the kernel tells about itself is read for a moment now and then, by the JVM's own threads as well. */
    private static boolean isFile(String link) {
        return link.startsWith("/") && !link.startsWith("/memfd:") && !link.startsWith("/proc/") && !link.startsWith("/sys/");
    }

    static Set<Integer> servedPorts(DescriptorTable table) {
        Set<Integer> ports = new HashSet<>();
        for (Descriptor d : table.all()) if (d.listening() && d.family() != Descriptor.AF_UNIX) ports.add(d.port());
        return ports;
    }

    private static Target unix(Descriptor d) {
        String listening = "unix " + d.socketPath() + " listening";
        if (d.listening()) return new Target(listening, listening, false, true);
        return d.peerPath().isEmpty() ? null : connection("unix to " + d.peerPath());
    }

    /** From a raw sockaddr in hex: two bytes family, two bytes port, for IPv6 four bytes of flow, the address. */
    private static String address(String raw) {
        int port = raw.length() < 8 ? 0 : Integer.parseInt(raw.substring(4, 8), 16);
        String bytes = raw.length() >= 48 ? raw.substring(16, 48) : raw.length() >= 16 ? raw.substring(8, 16) : "";
        if (bytes.startsWith(MAPPED)) bytes = bytes.substring(MAPPED.length());
        StringBuilder text = new StringBuilder();
        if (bytes.length() == 8)
            for (int i = 0; i < 8; i += 2) text.append(i == 0 ? "" : ".").append(Integer.parseInt(bytes.substring(i, i + 2), 16));
        else {
            for (int i = 0; i < bytes.length(); i += 4)
                text.append(i == 0 ? "" : ":").append(Integer.toHexString(Integer.parseInt(bytes.substring(i, i + 4), 16)));
            text.insert(0, '[').append(']');
        }
        return text.append(':').append(port).toString();
    }
}
