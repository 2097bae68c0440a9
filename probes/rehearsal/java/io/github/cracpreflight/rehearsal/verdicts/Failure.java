package io.github.cracpreflight.rehearsal.verdicts;

import io.github.cracpreflight.rehearsal.owners.Subject;
import io.github.cracpreflight.rehearsal.rules.ShownAs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One exception of the answer, with what only the rehearsal knows about it.
 * @param fd null where it is about no descriptor
 * @param unknowable why a stock JDK can't be sure of it; null where it can
 * @param subject what it speaks of; null where only its text knows, as the application's own exceptions
 */
public record Failure(Throwable exception, Integer fd, String unknowable, Subject subject) {
    private static final int MOST_FRAMES = 256;
    private static final Pattern AGGREGATE = Pattern.compile("(?:jdk|javax|org)\\.crac\\.(?:Checkpoint|Restore)Exception");

    public static Failure of(Throwable exception) {
        return thrown(exception, null);
    }

    /** An exception of the application. */
    public static Failure thrown(Throwable exception, String unknowable) {
        return new Failure(exception, null, unknowable, null);
    }

    /** A policies file can't be used. */
    public static Failure ofPolicies(Exception exception, String unknowable) {
        return new Failure(exception, null, unknowable, Subject.ofPolicies(exception));
    }

    public String type() {
        return ShownAs.nameOf(exception);
    }

    /** Empty where the exception has none, or can't say it. */
    public String message() {
        try {
            return exception.getLocalizedMessage() == null ? "" : exception.getLocalizedMessage();
        } catch (RuntimeException brokenException) {
            return "";
        }
    }

    /** Its first line in a stack trace. */
    public String title() {
        return message().isEmpty() ? type() : type() + ": " + message();
    }

    /** Where a Resource, or what it called, threw it, down to the rehearsal's own frames; empty for what the rehearsal makes. */
    public List<StackTraceElement> thrownAt() {
        List<StackTraceElement> frames = new ArrayList<>();
        if (exception instanceof ShownAs) return frames;
        for (StackTraceElement element : exception.getStackTrace()) {
            if (element.getClassName().startsWith("io.github.cracpreflight.") || frames.size() == MOST_FRAMES) break;
            frames.add(element);
        }
        return frames;
    }

    /**
     * An aggregate that was not moved up says nothing itself: its parts speak, as they do to the harness's parser. Anything else
     * speaks for itself.
     */
    public List<Failure> parts() {
        List<Failure> parts = new ArrayList<>();
        addParts(parts, Collections.newSetFromMap(new IdentityHashMap<>()));
        return parts;
    }

    /** @param seen ends a circle of aggregates */
    private void addParts(List<Failure> parts, Set<Throwable> seen) {
        if (!AGGREGATE.matcher(type()).matches()) parts.add(this);
        else if (seen.add(exception))
            for (Throwable part : exception.getSuppressed()) new Failure(part, fd, unknowable, null).addParts(parts, seen);
    }
}
