package io.github.cracpreflight.rehearsal;

import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Streams, channels and jars over files (crac.md 2.3). */
final class FileOwners {
    static final List<String> CLASSES = List.of(
        "java.io.FileInputStream", "java.io.FileOutputStream", "java.io.RandomAccessFile", "sun.nio.ch.FileChannelImpl",
        "sun.nio.ch.AsynchronousFileChannelImpl", "jdk.internal.loader.URLClassPath$JarLoader",
        "jdk.internal.module.ModuleReferences$JarModuleReader", "sun.security.provider.NativePRNG$RandomIO",
        "sun.security.provider.SeedGenerator$URLSeedGenerator", "jdk.jfr.internal.RepositoryChunk");
    private static final String MODULES = System.getProperty("java.home") + "/lib/modules";

    private FileOwners() { }

    static void collect(Heap heap, Owners owners) {
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
        for (String stream : CLASSES.subList(0, 3)) for (Object o : heap.of(stream)) file(Kind.FILE, o, owners);
        for (Object channel : heap.of("sun.nio.ch.FileChannelImpl")) file(Kind.FILE_CHANNEL, channel, owners);
        for (Object channel : heap.of("sun.nio.ch.AsynchronousFileChannelImpl")) {
            Object descriptor = Internals.get(channel, "fdObj");
            if (((Channel) channel).isOpen()) own(descriptor, new Owner(Kind.ASYNC_FILE, State.OPEN, channel), owners);
            else owners.stale(descriptor);
        }
    }

    /** Files that the flight recorder writes to; the JVM opens them a second time for itself. */
    static Set<String> recordings(Heap heap) {
        Set<String> paths = new java.util.HashSet<>();
        for (Object chunk : heap.of("jdk.jfr.internal.RepositoryChunk")) {
            Object path = Internals.get(Internals.get(chunk, "unFinishedRAF"), "path");
            if (path != null) paths.add(path.toString());
        }
        return paths;
    }

    private static void file(Kind kind, Object object, Owners owners) {
        Object path = Internals.get(object, "path"), descriptor = Internals.get(object, "fd");
        Descriptor row = owners.row(descriptor);
        if (path == null || row == null) return;
        if (kind == Kind.FILE_CHANNEL && row.link().equals(MODULES)) owners.own(descriptor, new Owner(Kind.JIMAGE, State.OPEN, object));
        else own(descriptor, policed(kind, object, path.toString(), owners.policies()), owners);
    }

    private static void own(Object descriptor, Owner owner, Owners owners) {
        owners.own(descriptor, owner);
    }

    /** Only a file that no policy names is excused by being on the class path. */
    private static Owner policed(Kind kind, Object object, String path, Policies policies) {
        Policies.Decision decision = policies.forFile(path);
        Owner owner = !decision.matched() && isOnClassPath(path) ? new Owner(kind, State.ON_CLASS_PATH, object)
            : Owner.policed(kind, decision, object);
        return owner.at(path);
    }

    private static boolean isOnClassPath(String path) {
        for (String element : System.getProperty("java.class.path", "").split(File.pathSeparator))
            try {
                if (Files.isSameFile(Path.of(path), Path.of(element))) return true;
            } catch (IOException | InvalidPathException notThere) {
                continue;
            }
        return false;
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
