package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.DescriptorTable;
import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.Options;
import io.github.cracpreflight.rehearsal.vm.VmOptions;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What a descriptor is that no Java object owns (docs/crac/decisions.md 2.1, 2.2, 2.5). */
public final class Unowned {
    private static final String HOME = System.getProperty("java.home") + "/", MODULES = HOME + "lib/modules", JFR_SETTINGS = HOME + "lib/jfr";
    /** The other end of what the agent passes on to the JVM, where it answers jcmd itself. */
    private static final String OWN_ATTACH_SOCKET = "/.java_pid" + ProcessHandle.current().pid();
    private final String harness = Options.atStart().folder() == null ? null : Options.atStart().folder() + "/";
    private final DescriptorTable start = DescriptorTable.atStart();
    private final List<String> allowed = VmOptions.allowedPrefixes();
    private final Set<String> recordings;
    private final Descriptor preClose;

    public Unowned(DescriptorTable table, Set<String> recordings) {
        this.recordings = recordings;
        this.preClose = preClose(table);
    }

    public Kind kind(Descriptor d) {
        if (d.link().equals(MODULES)) return Kind.MODULES_FILE;
        if (d.socketPath().contains("/.java_pid") || d.peerPath().contains(OWN_ATTACH_SOCKET)) return Kind.ATTACH;
        if (d.link().startsWith("/memfd:java_heap")) return Kind.ZGC_HEAP;
        if (d.fd() <= 2) return Kind.STANDARD_NUMBER;
        if (harness != null && d.link().startsWith(harness)) return Kind.HARNESS;
        // The VM has opened it before the agent was there, and knows of it.
        if (d.type().equals("regular") && VmOptions.isVmLog(d.link())) return Kind.VM_LOG;
        if (wasThere(d)) return Kind.INHERITED;
        if (d.same(preClose)) return Kind.PRE_CLOSE;
        for (String prefix : allowed) if (d.link().startsWith(prefix)) return Kind.ALLOWED;
        if (isVmSymbols(d)) return Kind.VM_SYMBOLS;
        if (recordings.contains(d.link())) return Kind.JFR_FILE;
        if (d.link().equals(JFR_SETTINGS) && Runtime.version().feature() < 21) return Kind.JFR_DIRECTORY;
        return d.type().equals("regular") && d.link().endsWith(".jar") ? Kind.BOOT_JAR : Kind.NOBODY;
    }

    /** HotSpot's decoder keeps the libraries open in which it has looked for names, as detailed native memory tracking does. */
    private static boolean isVmSymbols(Descriptor d) {
        return d.type().equals("regular") && d.link().startsWith(HOME) && d.link().endsWith(".so");
    }

    /** A log file that was rotated meanwhile is another file of the same name. */
    private boolean wasThere(Descriptor d) {
        Descriptor then = start.get(d.fd());
        return d.same(then) || then != null && d.type().equals("regular") && then.link().equals(d.link());
    }

    /**
     * NIO keeps one half-closed socket that it puts over descriptors that are being closed. It is found by having that
     * done to a descriptor of our own; only where NIO is in use, as asking would otherwise create it.
     */
    private static Descriptor preClose(DescriptorTable table) {
        if (table.all().stream().noneMatch(Unowned::mayBePreClose)) return null;
        for (String dispatcher : new String[] { "sun.nio.ch.UnixDispatcher", "sun.nio.ch.FileDispatcherImpl" }) {
            Class<?> type = Internals.inUse(dispatcher);
            if (type == null) continue;
            try (FileInputStream own = new FileInputStream("/dev/null")) {
                Internals.call(type, "preClose0", new Class<?>[] { FileDescriptor.class }, own.getFD());
                return DescriptorTable.now().get(Owners.number(own.getFD()));
            } catch (ReflectiveOperationException | IOException | RuntimeException inTheOtherClass) {
                continue;
            }
        }
        return null;
    }

    private static boolean mayBePreClose(Descriptor d) {
        return d.family() == Descriptor.AF_UNIX && d.peerGone() && d.socketPath().isEmpty();
    }
}
