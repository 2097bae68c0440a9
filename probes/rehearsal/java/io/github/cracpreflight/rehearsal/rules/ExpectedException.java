package io.github.cracpreflight.rehearsal.rules;

/**
 * One exception that a CRaC JDK would make about an owner.
 * @param text words in braces are filled in by {@link Wording}
 * @param each once for each of the owner's descriptors, instead of once for the owner
 */
public record ExpectedException(Phase phase, Type type, String text, boolean each) {
    /** Where it is made, which is also the order in which exceptions are printed. */
    public enum Phase { NOTIFIED, CLAIMED, NATIVE, RESTORED }

    public enum Type {
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

    static ExpectedException thrown(Type type, String text) {
        return new ExpectedException(Phase.NOTIFIED, type, text, false);
    }

    static ExpectedException claim(Type type, String text) {
        return new ExpectedException(Phase.CLAIMED, type, text, false);
    }

    static ExpectedException claimEach(Type type, String text) {
        return new ExpectedException(Phase.CLAIMED, type, text, true);
    }

    static ExpectedException bareDescriptor() {
        return new ExpectedException(Phase.CLAIMED, Type.BARE_DESCRIPTOR, null, true);
    }

    static ExpectedException nativeScan() {
        return new ExpectedException(Phase.NATIVE, Type.NATIVE_SCAN, null, true);
    }

    /** Stands before what afterRestore throws else: with a bad policies file it comes no further. */
    static ExpectedException asksAgain() {
        return new ExpectedException(Phase.RESTORED, Type.POLICIES_AGAIN, null, false);
    }

    static ExpectedException afterRestore(Type type, String text) {
        return new ExpectedException(Phase.RESTORED, type, text, false);
    }
}
