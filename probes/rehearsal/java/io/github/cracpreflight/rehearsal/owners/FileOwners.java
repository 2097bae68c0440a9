package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.policies.Decision;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.io.FilterInputStream;
import java.nio.channels.Channel;
import java.util.List;
import java.util.Set;

/** Streams, channels and jars over files (docs/crac/decisions.md 2.3). */
public final class FileOwners {
    public static final List<String> CLASSES = List.of(
        "java.io.FileInputStream", "java.io.FileOutputStream", "java.io.RandomAccessFile", "sun.nio.ch.FileChannelImpl",
        "sun.nio.ch.AsynchronousFileChannelImpl", "jdk.internal.loader.URLClassPath$JarLoader",
        "jdk.internal.module.ModuleReferences$JarModuleReader", "sun.security.provider.NativePRNG$RandomIO",
        "sun.security.provider.SeedGenerator$URLSeedGenerator", "jdk.jfr.internal.RepositoryChunk");
    private static final String MODULES = System.getProperty("java.home") + "/lib/modules";

    private FileOwners() { }

    public static void collect(Heap heap, Owners owners) {
        for (Object loader : heap.of("jdk.internal.loader.URLClassPath$JarLoader")) jar(Internals.get(loader, "jar"), owners);
        for (Object reader : heap.of("jdk.internal.module.ModuleReferences$JarModuleReader")) jar(Internals.get(reader, "jf"), owners);
        for (Object random : heap.of("sun.security.provider.NativePRNG$RandomIO")) {
            random(Internals.get(random, "seedIn"), owners);
            random(Internals.get(random, "nextIn"), owners);
        }
        for (Object seeds : heap.of("sun.security.provider.SeedGenerator$URLSeedGenerator"))
            random(Internals.get(seeds, "seedStream"), owners);
        for (Object chunk : heap.of("jdk.jfr.internal.RepositoryChunk")) {
            Object file = Internals.get(chunk, "unFinishedRAF");
            own(Internals.get(file, "fd"), new Owner(Kind.JFR_CHUNK, State.OPEN, file).at(text(Internals.get(file, "path"))), owners);
        }
        Excuses excuses = new Excuses();
        for (String stream : CLASSES.subList(0, 3)) for (Object o : heap.of(stream)) stream(o, owners, excuses);
        for (Object channel : heap.of("sun.nio.ch.FileChannelImpl")) channel(channel, owners, excuses);
        for (Object channel : heap.of("sun.nio.ch.AsynchronousFileChannelImpl")) {
            Object descriptor = Internals.get(channel, "fdObj");
            if (((Channel) channel).isOpen()) own(descriptor, new Owner(Kind.ASYNC_FILE, State.OPEN, channel), owners);
            else owners.stale(descriptor);
        }
    }

    /** Files that the flight recorder writes to; the JVM opens them a second time for itself. */
    public static Set<String> recordings(Heap heap) {
        Set<String> paths = new java.util.HashSet<>();
        for (Object chunk : heap.of("jdk.jfr.internal.RepositoryChunk")) {
            Object path = Internals.get(Internals.get(chunk, "unFinishedRAF"), "path");
            if (path != null) paths.add(path.toString());
        }
        return paths;
    }

    /** A stream is asked even when it is closed, or when its descriptor is that of a class loader's jar. */
    private static void stream(Object stream, Owners owners, Excuses excuses) {
        Object path = Internals.get(stream, "path");
        if (path == null) return;
        Object descriptor = Internals.get(stream, "fd");
        Decision decision = owners.policies().forFile(path.toString());
        if (owners.row(descriptor) == null && !decision.matched()) return;
        Owner owner = policed(Kind.FILE, stream, path.toString(), decision, excuses);
        own(descriptor, owner, owners);
        owners.notified(owner);
    }

    /** For the channel of a stream the stream is asked, and a closed one is not. */
    private static void channel(Object channel, Owners owners, Excuses excuses) {
        Object path = Internals.get(channel, "path"), descriptor = Internals.get(channel, "fd");
        Descriptor row = owners.row(descriptor);
        if (path == null || row == null || Internals.get(channel, "parent") != null) return;
        own(descriptor, row.link().equals(MODULES) ? new Owner(Kind.JIMAGE, State.OPEN, channel)
            : policed(Kind.FILE_CHANNEL, channel, path.toString(), owners.policies().forFile(path.toString()), excuses), owners);
    }

    private static void own(Object descriptor, Owner owner, Owners owners) {
        owners.own(descriptor, owner);
    }

    /** Only a file that no policy names is excused by being on the class path. */
    private static Owner policed(Kind kind, Object object, String path, Decision decision, Excuses excuses) {
        State excused = decision.matched() ? null : excuses.of(kind, path);
        Owner owner = excused == null ? Owner.policed(kind, decision, object) : new Owner(kind, excused, object);
        return owner.at(path);
    }

    private static void jar(Object zip, Owners owners) {
        Object file = Internals.get(Internals.get(Internals.get(zip, "res"), "zsrc"), "zfile");
        if (file != null) own(Internals.get(file, "fd"), new Owner(Kind.LOADER_JAR, State.OPEN, zip).at(text(Internals.get(file, "path"))), owners);
    }

    private static void random(Object stream, Owners owners) {
        Object inner = stream;
        while (inner instanceof FilterInputStream) inner = Internals.get(inner, "in");
        if (inner != null) own(Internals.get(inner, "fd"), new Owner(Kind.RANDOM_DEVICE, State.OPEN, inner), owners);
    }

    private static String text(Object path) {
        return path == null ? null : path.toString();
    }
}
