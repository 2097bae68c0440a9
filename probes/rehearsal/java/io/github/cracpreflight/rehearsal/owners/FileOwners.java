package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.policies.Decision;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.VmOptions;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
    private static final String[] CLASS_PATH = classPath();

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
        for (String stream : CLASSES.subList(0, 3)) for (Object o : heap.of(stream)) stream(o, owners);
        for (Object channel : heap.of("sun.nio.ch.FileChannelImpl")) channel(channel, owners);
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
    private static void stream(Object stream, Owners owners) {
        Object path = Internals.get(stream, "path");
        if (path == null) return;
        Object descriptor = Internals.get(stream, "fd");
        Decision decision = owners.policies().forFile(path.toString());
        if (owners.row(descriptor) == null && !decision.matched()) return;
        Owner owner = policed(Kind.FILE, stream, path.toString(), decision);
        own(descriptor, owner, owners);
        owners.notified(owner);
    }

    /** For the channel of a stream the stream is asked, and a closed one is not. */
    private static void channel(Object channel, Owners owners) {
        Object path = Internals.get(channel, "path"), descriptor = Internals.get(channel, "fd");
        Descriptor row = owners.row(descriptor);
        if (path == null || row == null || Internals.get(channel, "parent") != null) return;
        own(descriptor, row.link().equals(MODULES) ? new Owner(Kind.JIMAGE, State.OPEN, channel)
            : policed(Kind.FILE_CHANNEL, channel, path.toString(), owners.policies().forFile(path.toString())), owners);
    }

    private static void own(Object descriptor, Owner owner, Owners owners) {
        owners.own(descriptor, owner);
    }

    /** Only a file that no policy names is excused by being on the class path. */
    private static Owner policed(Kind kind, Object object, String path, Decision decision) {
        State excused = decision.matched() ? null : excusedBy(kind, path);
        Owner owner = excused == null ? Owner.policed(kind, decision, object) : new Owner(kind, excused, object);
        return owner.at(path);
    }

    private static State excusedBy(Kind kind, String path) {
        if (isAmong(CLASS_PATH, path)) return State.ON_CLASS_PATH;
        return kind == Kind.FILE && isAmong(VmOptions.modulePatches(), path) ? State.PATCHES_MODULE : null;
    }

    private static boolean isAmong(String[] elements, String path) {
        for (String element : elements)
            try {
                if (Files.isSameFile(Path.of(path), Path.of(element))) return true;
            } catch (IOException | InvalidPathException notThere) {
                continue;
            }
        return false;
    }

    /** As it was at the start: a CRaC JDK has read it before the application could change it. */
    private static String[] classPath() {
        try {
            Object saved = Internals.call(Internals.find("jdk.internal.misc.VM"), "getSavedProperty", new Class<?>[] { String.class },
                "java.class.path");
            return saved instanceof String path ? path.split(File.pathSeparator) : new String[0];
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return System.getProperty("java.class.path", "").split(File.pathSeparator);
        }
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
