package io.github.cracpreflight.rehearsal;

/** What only the native half can do. */
final class Vm {
    private Vm() { }

    /** The table of open descriptors, read by {@link DescriptorTable}. */
    static native byte[] descriptors();

    /** The same table as the agent found it when it started with the JVM; null after a late attach. */
    static native byte[] descriptorsAtStart();

    static native String optionsAtStart();

    static native void collectGarbage();

    static native int descriptorOfDirectory(long pointer);

    static final int MARKED = 1, GONE = -1;

    /** Marks the open file behind a number. {@link #GONE} when it has just been closed; 0 where it can't be marked. */
    static native int mark(int fd);

    /** Takes the mark away; false where another open file has the number by now. */
    static native boolean unmark(int fd);

    static native boolean isInitialized(Class<?> type);

    static native void openPackage(Module module, String name, Module to);

    static native Object[] instances(Class<?>[] roots);

    /** Loaded classes of a name in the form {@code Lorg/crac/Core;}, one for each loader. */
    static native Class<?>[] loaded(String signature);

    static boolean attachedLate() {
        return descriptorsAtStart() == null;
    }
}
