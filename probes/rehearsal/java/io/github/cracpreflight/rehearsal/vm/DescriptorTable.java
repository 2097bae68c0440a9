package io.github.cracpreflight.rehearsal.vm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Every open descriptor of this process at one moment, in the order of the numbers. */
public final class DescriptorTable {
    /** Of a socket; of all else the first five. */
    private static final int FIELDS = 12;
    private static volatile DescriptorTable startAfterImage;

    private final Map<Integer, Descriptor> rows = new TreeMap<>();

    private DescriptorTable(byte[] text) {
        if (text == null) return;
        String all = new String(text, StandardCharsets.UTF_8);
        for (int at = 0, end; (end = all.indexOf('\n', at)) >= 0; at = end + 1) {
            Descriptor row = parse(fields(all, at, end));
            rows.put(row.fd(), row);
        }
    }

    public static DescriptorTable now() {
        return now(false);
    }

    /** Without names and addresses, which cost most of it: enough to tell what is still the same. */
    public static DescriptorTable identitiesNow() {
        return now(true);
    }

    private static DescriptorTable now(boolean onlyIdentities) {
        byte[] text = Vm.descriptors(onlyIdentities);
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

    /** There may be ten thousand lines, and a splitting by patterns takes longer than all the rest. */
    private static String[] fields(String text, int from, int end) {
        String[] fields = new String[FIELDS];
        int count = 0;
        for (int at = from, tab; at <= end; at = tab + 1) {
            tab = text.indexOf('\t', at);
            if (tab < 0 || tab > end) tab = end;
            fields[count++] = text.substring(at, tab);
        }
        return count == FIELDS ? fields : Arrays.copyOf(fields, count);
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
