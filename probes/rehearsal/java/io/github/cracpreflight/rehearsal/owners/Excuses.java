package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.VmOptions;
import java.io.File;

/** Files that may be open as the JVM itself was told of them (docs/crac/decisions.md 2.3). */
final class Excuses {
    private static final String[] CLASS_PATH = readClassPath();

    private final SameFiles classPath = new SameFiles(CLASS_PATH), modulePatches = new SameFiles(VmOptions.modulePatches());

    /** Null where a file has none. */
    State of(Kind kind, String path) {
        if (classPath.contains(path)) return State.ON_CLASS_PATH;
        return kind == Kind.FILE && modulePatches.contains(path) ? State.PATCHES_MODULE : null;
    }

    /** As it was at the start: a CRaC JDK has read it before the application could change it. */
    private static String[] readClassPath() {
        try {
            Object saved = Internals.call(Internals.find("jdk.internal.misc.VM"), "getSavedProperty", new Class<?>[] { String.class },
                "java.class.path");
            return saved instanceof String path ? path.split(File.pathSeparator) : new String[0];
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return System.getProperty("java.class.path", "").split(File.pathSeparator);
        }
    }
}
