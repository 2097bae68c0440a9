package io.github.cracpreflight.rehearsal.notify;

import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import java.util.HashSet;
import java.util.Set;

/** What a descriptor leads to, in words by which a reopened one is known again: number, inode and own port may change. */
final class Target {
    private static final int AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1;
    private static final String MAPPED = "00000000000000000000ffff";

    private Target() { }

    /** Null for what nothing tells from others of its kind, such as a selector or a pipe. */
    static String of(Descriptor d, Set<Integer> servedPorts) {
        if (!d.isSocket()) return isFile(d.link()) ? d.link() : null;
        if (d.family() == Descriptor.AF_UNIX) return unix(d);
        if (d.family() != AF_INET && d.family() != AF_INET6) return null;
        String protocol = d.socketType() == SOCK_STREAM ? "tcp " : "udp ";
        if (d.listening()) return protocol + address(d.local()) + " listening";
        if (d.remote().isEmpty()) return d.socketType() == SOCK_STREAM ? null : protocol + address(d.local());
        // an accepted connection is for its client to open again
        return servedPorts.contains(d.port()) ? null : protocol + "to " + address(d.remote());
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

    private static String unix(Descriptor d) {
        if (d.listening()) return "unix " + d.socketPath() + " listening";
        return d.peerPath().isEmpty() ? null : "unix to " + d.peerPath();
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
