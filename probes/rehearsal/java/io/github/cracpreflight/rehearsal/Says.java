package io.github.cracpreflight.rehearsal;

/**
 * One exception that a CRaC JDK would make about an owner.
 * @param text words in braces are filled in by {@link Wording}
 * @param each once for each of the owner's descriptors, instead of once for the owner
 */
record Says(Phase phase, Type type, String text, boolean each) {
    /** Where it is made, which is also the order in which exceptions are printed. */
    enum Phase { NOTIFIED, CLAIMED, NATIVE, RESTORED }

    enum Type {
        OPEN_FILE, OPEN_SOCKET, OPEN_RESOURCE, BUSY_SELECTOR, ILLEGAL_STATE, UNSUPPORTED,
        /** The text of the native scan; which exception it is depends on the type of file. */
        NATIVE_SCAN,
        /** The text of a FileDescriptor that no owner speaks for. */
        BARE_DESCRIPTOR,
        /** The exception that looking for a policy threw. */
        GIVEN,
        /** The policy is asked for once more; the first that does so reads the policies file again. */
        POLICIES_AGAIN
    }

    static Says thrown(Type type, String text) {
        return new Says(Phase.NOTIFIED, type, text, false);
    }

    static Says claim(Type type, String text) {
        return new Says(Phase.CLAIMED, type, text, false);
    }

    static Says claimEach(Type type, String text) {
        return new Says(Phase.CLAIMED, type, text, true);
    }

    static Says bareDescriptor() {
        return new Says(Phase.CLAIMED, Type.BARE_DESCRIPTOR, null, true);
    }

    static Says nativeScan() {
        return new Says(Phase.NATIVE, Type.NATIVE_SCAN, null, true);
    }

    /** Stands before what afterRestore throws else: with a bad policies file it comes no further. */
    static Says asksAgain() {
        return new Says(Phase.RESTORED, Type.POLICIES_AGAIN, null, false);
    }

    static Says afterRestore(Type type, String text) {
        return new Says(Phase.RESTORED, type, text, false);
    }
}
