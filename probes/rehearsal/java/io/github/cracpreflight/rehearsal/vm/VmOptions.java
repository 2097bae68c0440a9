package io.github.cracpreflight.rehearsal.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Options of a CRaC JDK on this JVM's command line; a stock JDK ignores them, but still knows that they were given. */
public final class VmOptions {
    private static final String[] GIVEN = read();

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

    public static boolean printsResources() {
        for (String option : GIVEN) if (option.matches("-XX:\\+CR(aC)?PrintResourcesOnCheckpoint")) return true;
        return false;
    }
}
