package io.github.cracpreflight.rehearsal.verdicts;

import io.github.cracpreflight.rehearsal.owners.Owner;
import io.github.cracpreflight.rehearsal.owners.Wording;
import io.github.cracpreflight.rehearsal.rules.ExpectedException;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.ShownAs;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import java.nio.channels.IllegalSelectorException;

/** Makes the exceptions that a rule asks for, with the class names of the generation. */
final class Exceptions {
    private Exceptions() { }

    static Exception make(ExpectedException expected, Owner owner, Descriptor descriptor, String role, Kind kind, Generation generation) {
        if (expected.type() == ExpectedException.Type.GIVEN) return expected.phase() == ExpectedException.Phase.RESTORED ? owner.givenAgain : owner.given;
        Exception made = create(expected.type(), message(expected, owner, descriptor, role, generation), descriptor, generation);
        made.setStackTrace(frames(expected.phase(), kind, generation));
        return made;
    }

    private static String message(ExpectedException expected, Owner owner, Descriptor descriptor, String role, Generation generation) {
        return switch (expected.type()) {
            case NATIVE_SCAN -> descriptor.scanned();
            case BARE_DESCRIPTOR -> "FileDescriptor " + descriptor.fd() + ": " + descriptor.description();
            default -> Wording.fill(expected.text(), owner, descriptor, role, generation);
        };
    }

    private static Exception create(ExpectedException.Type type, String message, Descriptor descriptor, Generation generation) {
        return switch (type) {
            case OPEN_FILE -> open("File", message, generation);
            case OPEN_SOCKET -> open("Socket", message, generation);
            case OPEN_RESOURCE, BARE_DESCRIPTOR -> open("Resource", message, generation);
            case NATIVE_SCAN -> open(scanClass(descriptor.type()), message, generation);
            case BUSY_SELECTOR -> generation.selectorSupport == null ? new IllegalSelectorException()
                : new ShownAs(generation.selectorSupport + "$BusySelectorException", message);
            case ILLEGAL_STATE -> new IllegalStateException(message);
            case UNSUPPORTED -> message == null ? new UnsupportedOperationException() : new UnsupportedOperationException(message);
            case GIVEN, POLICIES_AGAIN -> throw new IllegalArgumentException();
        };
    }

    private static String scanClass(String type) {
        return switch (type) {
            case "socket" -> "Socket";
            case "symlink", "regular", "block", "directory", "character" -> "File";
            default -> "Resource";
        };
    }

    /** Real classes, as applications that ask for a checkpoint themselves log the class names of what they catch. */
    private static Exception open(String what, String message, Generation generation) {
        if (generation == Generation.V25) return switch (what) {
            case "File" -> new jdk.internal.crac.mirror.impl.CheckpointOpenFileException(message);
            case "Socket" -> new jdk.internal.crac.mirror.impl.CheckpointOpenSocketException(message);
            default -> new jdk.internal.crac.mirror.impl.CheckpointOpenResourceException(message);
        };
        return switch (what) {
            case "File" -> new jdk.crac.impl.CheckpointOpenFileException(message);
            case "Socket" -> new jdk.crac.impl.CheckpointOpenSocketException(message);
            default -> new jdk.crac.impl.CheckpointOpenResourceException(message);
        };
    }

    /**
     * Frames tell a reader of CRaC's output who found it (docs/crac/decisions.md 3.1), so they are here, too. Their file says
     * that nothing of this ran.
     */
    private static StackTraceElement[] frames(ExpectedException.Phase phase, Kind kind, Generation generation) {
        String core = generation.corePackage + ".Core", speaker = kind.speaker == null ? core : kind.speaker;
        if (kind == Kind.SELECTOR && generation.selectorSupport != null) speaker = generation.selectorSupport;
        StackTraceElement found = switch (phase) {
            case NOTIFIED -> frame(speaker, "beforeCheckpoint");
            case CLAIMED -> frame(speaker, kind == Kind.SELECTOR ? "lambda$claimFileDescriptor$0" : "lambda$beforeCheckpoint$0");
            case NATIVE -> frame(core, "translateJVMExceptions");
            case RESTORED -> frame(speaker, "afterRestore");
        };
        return new StackTraceElement[] { found, frame(core, "checkpointRestore1"), frame(core, "checkpointRestore"),
            frame(core, "checkpointRestoreInternal") };
    }

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(null, "java.base", null, type, method, "Rehearsal", -1);
    }
}
