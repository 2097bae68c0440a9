package io.github.cracpreflight.rehearsal.rules;

/** Whose rules are followed (docs/crac/generations.md). What differs in more than a row of {@link Rules} is said here. */
public enum Generation {
    /** The state of mid 2024. */
    V21_0_4("21.0.4", "jdk.crac", "jdk.crac.impl", null, "CR: Checkpoint ...", false, false),
    /** The current 21 line. */
    V21("21", "jdk.crac", "jdk.crac.impl", "sun.nio.ch.EPollSelectorImpl", "CR: Checkpoint ...", true, false),
    V25("25", "jdk.internal.crac.mirror", "jdk.internal.crac.mirror.impl", "sun.nio.ch.SelectorCRaCSupport",
        "Command executed successfully", true, true);

    /** As in the option {@code cracVersion}. */
    public final String version;
    /** The package of the classes that do the work and of CheckpointException as jcmd shows it. */
    public final String corePackage;
    final String exceptionPackage;
    /** The class around BusySelectorException, null where a plain IllegalSelectorException is thrown. */
    public final String selectorSupport;
    /** What jcmd says when nothing speaks against the checkpoint (docs/crac/decisions.md 5.1). */
    public final String success;
    /** Sockets are claimed before selectors are asked and before the GC (docs/crac/decisions.md 1.3, 2.4). */
    public final boolean socketsFirst;
    /** Selectors flush cancelled keys before they count (docs/crac/decisions.md 4.3). */
    public final boolean flushesCancelledKeys;

    Generation(String version, String corePackage, String exceptionPackage, String selectorSupport, String success,
               boolean socketsFirst, boolean flushesCancelledKeys) {
        this.version = version;
        this.corePackage = corePackage;
        this.exceptionPackage = exceptionPackage;
        this.selectorSupport = selectorSupport;
        this.success = success;
        this.socketsFirst = socketsFirst;
        this.flushesCancelledKeys = flushesCancelledKeys;
    }

    /** Resources of the API are registered in wrappers; in the 21 line the API is what does the work itself. */
    public boolean wrapsResources() {
        return !corePackage.equals("jdk.crac");
    }

    public static Generation of(String version) {
        for (Generation generation : values()) if (generation.version.equals(version)) return generation;
        throw new IllegalArgumentException("cracVersion is " + version + ", expected 21.0.4, 21 or 25");
    }
}
