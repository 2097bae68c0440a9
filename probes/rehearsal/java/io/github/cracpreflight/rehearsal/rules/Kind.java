package io.github.cracpreflight.rehearsal.rules;

/** Who owns a descriptor. The text is the CRaC class that speaks for such an owner; null where none does. */
public enum Kind {
    FILE("jdk.internal.crac.JDKFileResource"),
    FILE_CHANNEL("jdk.internal.crac.JDKFileResource"),
    ASYNC_FILE("sun.nio.ch.AsynchronousFileChannelImpl$1"),
    LOADER_JAR("jdk.internal.util.jar.PersistentJarFile"),
    RANDOM_DEVICE("sun.security.provider.NativePRNG"),
    JIMAGE("jdk.internal.jimage.BasicImageReader"),
    JFR_CHUNK("jdk.internal.crac.JDKFileResource"),
    SOCKET("jdk.internal.crac.JDKSocketResourceBase"),
    /** A java.net.Socket, or a ServerSocket that does not listen. */
    NET_SOCKET("jdk.internal.crac.JDKSocketResourceBase"),
    LISTENER("jdk.internal.crac.JDKSocketResourceBase"),
    DATAGRAM("java.io.FileDescriptor$Resource"),
    PIPE("sun.nio.ch.PipeImpl$1"),
    PROCESS_PIPE("java.lang.Process$PipeResource"),
    SELECTOR("sun.nio.ch.EPollSelectorImpl"),
    STANDARD_STREAM("java.io.FileDescriptor$Resource"),
    BARE("java.io.FileDescriptor$Resource"),

    WATCH_SERVICE(null),
    POLLER(null),
    ASYNC_GROUP(null),
    DIRECTORY_STREAM(null),
    JFR_DIRECTORY(null),

    STANDARD_NUMBER(null),
    MODULES_FILE(null),
    INHERITED(null),
    ATTACH(null),
    HARNESS(null),
    PRE_CLOSE(null),
    ZGC_HEAP(null),
    ALLOWED(null),
    BOOT_JAR(null),
    /** What -XX:LogFile and -XX:+LogCompilation write. */
    VM_LOG(null),
    /** A library of the JDK that HotSpot reads symbols from. */
    VM_SYMBOLS(null),
    JFR_FILE(null),
    NOBODY(null);

    public final String speaker;

    Kind(String speaker) {
        this.speaker = speaker;
    }
}
