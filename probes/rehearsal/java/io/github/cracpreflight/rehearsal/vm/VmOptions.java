package io.github.cracpreflight.rehearsal.vm;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Options of a CRaC JDK on this JVM's command line; a stock JDK ignores them, but still knows that they were given. */
public final class VmOptions {
    private static final String[] GIVEN = read();
    private static final Pattern COMPILER_LOG = Pattern.compile("(?s).*/hs_c\\d+_pid\\d+\\.log");
    private static final boolean LOGS_COMPILATION = isGiven("LogCompilation"), LOGS = LOGS_COMPILATION || isGiven("LogVMOutput");
    private static final Pattern LOG_FILE = Pattern.compile("(?s)(?:.*/)?" + logFile());

    private VmOptions() { }

    private static String[] read() {
        try {
            Object arguments = Internals.call(Internals.find("jdk.internal.misc.VM"), "getRuntimeArguments", new Class<?>[0]);
            return arguments instanceof String[] given ? given : new String[0];
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return new String[0];
        }
    }

    /** Prefixes of links that the native scan accepts (docs/crac/decisions.md 2.1, step 5). */
    public static List<String> allowedPrefixes() {
        List<String> prefixes = new ArrayList<>(List.of("/var/lib/sss/mc/"));
        for (String option : GIVEN)
            if (option.matches("(?s)-XX:CR(aC)?AllowedOpenFilePrefixes=.*"))
                for (String prefix : option.substring(option.indexOf('=') + 1).split("[,\n]")) if (!prefix.isEmpty()) prefixes.add(prefix);
        return prefixes;
    }

    /** Names the options of a CRaC JDK that this JVM has let pass and does not act upon. */
    public static Optional<String> note() {
        List<String> tolerated = new ArrayList<>();
        for (String option : GIVEN) if (option.matches("(?s)-XX:[+-]?(CR(aC)?[A-Z]|(Check)?CPUFeatures\\b).*")) tolerated.add(option);
        return tolerated.isEmpty() ? Optional.empty()
            : Optional.of("Options that only a CRaC JDK knows were tolerated: " + String.join(" ", tolerated) + ".");
    }

    /** Jars and folders that --patch-module names. */
    public static String[] modulePatches() {
        List<String> paths = new ArrayList<>();
        for (String option : GIVEN)
            if (option.startsWith("--patch-module=")) paths.addAll(List.of(option.substring(option.lastIndexOf('=') + 1).split(File.pathSeparator)));
        return paths.toArray(new String[0]);
    }

    /** Whether a path is one of the VM's own logs: the one of -XX:LogFile, or one of a compiler thread's, which are put into it in the end. */
    public static boolean isVmLog(String path) {
        if (!LOGS) return false;
        return COMPILER_LOG.matcher(path).matches() ? LOGS_COMPILATION : LOG_FILE.matcher(path).matches();
    }

    private static boolean isGiven(String flag) {
        for (String option : GIVEN) if (option.equals("-XX:+" + flag)) return true;
        return false;
    }

    /** As a pattern: %p, %t and their like stand for what the VM puts there. */
    private static String logFile() {
        String name = "hotspot_%p.log";
        for (String option : GIVEN) if (option.startsWith("-XX:LogFile=")) name = option.substring("-XX:LogFile=".length());
        String[] literals = name.substring(name.lastIndexOf('/') + 1).split("%[a-z]", -1);
        StringBuilder pattern = new StringBuilder();
        for (String literal : literals) pattern.append(pattern.length() == 0 ? "" : "[^/]*").append(Pattern.quote(literal));
        return pattern.toString();
    }

    public static boolean printsResources() {
        for (String option : GIVEN) if (option.matches("-XX:\\+CR(aC)?PrintResourcesOnCheckpoint")) return true;
        return false;
    }
}
