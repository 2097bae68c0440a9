package io.github.cracpreflight.rehearsal.vm;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Every open descriptor of this process at one moment, in the order of the numbers. */
public final class DescriptorTable {
    private static volatile DescriptorTable startAfterImage;

    private final Map<Integer, Descriptor> rows = new TreeMap<>();

    private DescriptorTable(byte[] text) {
        if (text == null) return;
        for (String line : new String(text, StandardCharsets.UTF_8).split("\n")) {
            if (line.isEmpty()) continue;
            Descriptor row = parse(line.split("\t", -1));
            rows.put(row.fd(), row);
        }
    }

    public static DescriptorTable now() {
        byte[] text = Vm.descriptors();
        if (text == null) throw new IllegalStateException("The open descriptors can't be listed: no descriptor or no memory is left.");
        return new DescriptorTable(text);
    }

    /** Empty after a late attach. */
    public static DescriptorTable atStart() {
        DescriptorTable moved = startAfterImage;
        return moved == null ? new DescriptorTable(Vm.descriptorsAtStart()) : moved;
    }

    /** A JVM that comes back from an image has its pipes and sockets under new inodes: what was open at its start still was. */
    public static void followStart(DescriptorTable beforeImage) {
        DescriptorTable now = now(), moved = new DescriptorTable(null);
        for (Descriptor row : atStart().all()) {
            boolean held = row.same(beforeImage.get(row.fd())) && now.get(row.fd()) != null;
            moved.rows.put(row.fd(), held ? now.get(row.fd()) : row);
        }
        startAfterImage = moved;
    }

    private static Descriptor parse(String[] f) {
        boolean socket = f.length > 5;
        return new Descriptor(Integer.parseInt(f[0]), (int) Long.parseLong(f[1]), Long.parseUnsignedLong(f[2]),
            Long.parseUnsignedLong(f[3]), f[4], socket ? Integer.parseInt(f[5]) : 0, socket ? Integer.parseInt(f[6]) : 0,
            socket && f[7].equals("1"), socket && f[8].equals("1"), socket ? Integer.parseInt(f[9]) : 0,
            socket ? f[10] : "", socket ? f[11] : "");
    }

    public Descriptor get(int fd) {
        return rows.get(fd);
    }

    public Collection<Descriptor> all() {
        return rows.values();
    }

    public boolean same(DescriptorTable other) {
        if (!rows.keySet().equals(other.rows.keySet())) return false;
        for (Descriptor row : rows.values()) if (!row.same(other.get(row.fd()))) return false;
        return true;
    }
}
