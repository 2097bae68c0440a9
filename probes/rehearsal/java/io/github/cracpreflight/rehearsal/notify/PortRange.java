package io.github.cracpreflight.rehearsal.notify;

import io.github.cracpreflight.rehearsal.vm.PlainFiles;
import java.io.File;
import java.io.IOException;

/** The local ports that the kernel chooses from where nobody asks for one. */
record PortRange(int first, int last) {
    private static final PortRange USUAL = new PortRange(32768, 60999);

    /** As it is for this process's network. */
    static PortRange ofKernel() {
        try {
            String[] ends = PlainFiles.lines(new File("/proc/sys/net/ipv4/ip_local_port_range")).get(0).trim().split("\\s+");
            return new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
        } catch (IOException | RuntimeException unreadable) {
            return USUAL;
        }
    }

    boolean contains(int port) {
        return port >= first && port <= last;
    }
}
