package io.github.cracpreflight.rehearsal.policies;

import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.State;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** What the rules of {@code -Djdk.crac.resource-policies} (docs/crac/decisions.md 2.4) say about each kind of owner. */
public final class Policies {
    private final PoliciesFile file;

    private Policies(PoliciesFile file) {
        this.file = file;
    }

    public static Policies load(Generation generation) {
        return new Policies(PoliciesFile.read(generation));
    }

    /** What reading the file throws, a new exception each time as at the checkpoint and again for the restore; or null. */
    public Exception failure() {
        return file.failure();
    }

    /** Why a CRaC JDK might read the file in another way; null where that is certain. */
    public String doubt() {
        return file.doubt();
    }

    public boolean areAbout(String type) {
        return file.policies().stream().anyMatch(policy -> policy.type().equals(type));
    }

    public Decision forFile(String path) {
        return decide("file", parameters -> {
            String glob = parameters.get("path");
            return glob == null || FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(path));
        });
    }

    public Decision forPipe() {
        return decide("pipe", parameters -> true);
    }

    public Decision forSocket(SocketMatch socket) {
        return decide("socket", socket);
    }

    public Decision forDescriptor(Descriptor descriptor) {
        return decide("filedescriptor", parameters -> {
            String value = parameters.get("value"), regex = parameters.get("regex");
            if (value != null && !value.equals(String.valueOf(descriptor.fd()))) return false;
            return regex == null || descriptor.description().matches(regex);
        });
    }

    private Decision decide(String type, Predicate<Map<String, String>> filter) {
        try {
            Policy policy = find(type, filter);
            return policy == null ? new Decision(State.OPEN, null, false, null, null, file.doubt()) : decision(policy);
        } catch (RuntimeException e) {
            return new Decision(State.POLICY_FAILS, null, false, e, failureAgain(type, filter), file.doubt());
        }
    }

    private Policy find(String type, Predicate<Map<String, String>> filter) {
        for (Policy policy : file.policies()) if (policy.type().equals(type) && filter.test(policy.parameters())) return policy;
        return null;
    }

    /** A new exception: one that stands twice in a trace is not printed twice. */
    private Exception failureAgain(String type, Predicate<Map<String, String>> filter) {
        try {
            find(type, filter);
            throw new IllegalStateException("the policy was found the second time");
        } catch (RuntimeException e) {
            return e;
        }
    }

    private Decision decision(Policy policy) {
        State state = switch (policy.action().toLowerCase(Locale.ROOT)) {
            case "error" -> State.OPEN;
            case "ignore" -> State.IGNORED;
            case "close" -> State.CLOSED_BY_POLICY;
            case "reopen" -> policy.action().equals("reopen") ? State.REOPENED : State.REOPEN_IN_OTHER_LETTERS;
            default -> State.UNKNOWN_ACTION;
        };
        boolean warn = Boolean.parseBoolean(policy.parameters().getOrDefault("warn", "true"));
        return new Decision(state, policy.action(), warn, null, null, file.doubt());
    }
}
