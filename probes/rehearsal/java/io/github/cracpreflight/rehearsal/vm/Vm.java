package io.github.cracpreflight.rehearsal.vm;

/** What only the native half can do. */
public final class Vm {
    private Vm() { }

    /** The table of open descriptors, read by {@link DescriptorTable}. */
    static native byte[] descriptors(boolean onlyIdentities);

    /** The same table as the agent found it when it started with the JVM; null after a late attach. */
    static native byte[] descriptorsAtStart();

    static native String optionsAtStart();

    static native void collectGarbage();

    public static native int descriptorOfDirectory(long pointer);

    /** Whether the number leads to a file of that inode. */
    static native boolean leadsTo(int fd, long device, long inode);

    static final int MARKED = 1, GONE = -1;

    /**
     * Marks the open file behind a number until this thread unmarks it. {@link #GONE} when it is another one by now, 0 where it
     * can't be marked.
     */
    static native int mark(int fd, long device, long inode);

    /** True while the number leads to a file with this thread's mark. */
    static native boolean isMarked(int fd);

    static native void unmark(int fd);

    /** Three numbers for each thread but this one: id, state as in /proc, nanoseconds that it has run. */
    static native long[] threads();

    /** Live threads of Java, without virtual ones. */
    public static native Thread[] javaThreads();

    /** False where another agent, a debugger, is the one that may. */
    static native boolean suspend(Thread[] threads);

    static native void resume(Thread[] threads);

    /** How long a live thread has run. */
    static native long nanosOf(Thread thread);

    public static native boolean isInitialized(Class<?> type);

    static native void openPackage(Module module, String name, Module to);

    public static Object[] instances(Class<?>... roots) {
        return instances(roots, new Class<?>[0], new String[0], new int[0]);
    }

    /** Without the objects that are closed: those of a class whose field has the value. */
    static native Object[] instances(Class<?>[] roots, Class<?>[] closable, String[] fields, int[] values);

    /** Loaded classes of a name in the form {@code Lorg/crac/Core;}, one for each loader; of any name where it is empty. */
    public static native Class<?>[] loaded(String signature);

    public static boolean attachedLate() {
        return descriptorsAtStart() == null;
    }
}
