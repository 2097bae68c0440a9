package io.github.cracpreflight.rehearsal;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The rules of {@code -Djdk.crac.resource-policies} (crac.md 2.4), read as the JDK reads them, its errors included. */
final class Policies {
    private static final String PROPERTY = "jdk.crac.resource-policies",
        BLANK_LINE = "older CRaC JDKs refuse a policies file with a blank line, later ones pass over it, and since which release is not on record";

    private record Policy(String type, String action, Map<String, String> parameters) { }

    /**
     * What the policies mean for one owner.
     * @param action as it is written in the file; null where no rule matches
     * @param failure what looking for the rule throws
     * @param failureAgain what it throws at the restore
     * @param doubt why a CRaC JDK might read the file in another way; null where that is certain
     */
    record Decision(State state, String action, boolean warn, Exception failure, Exception failureAgain, String doubt) {
        boolean matched() {
            return action != null || failure != null;
        }

        boolean closes() {
            return state == State.CLOSED_BY_POLICY || state == State.REOPENED || state == State.REOPEN_IN_OTHER_LETTERS;
        }
    }

    private final List<Policy> policies = new ArrayList<>();
    private final Generation generation;
    /** Why the file can't be used; rules before the bad one stay in force. */
    private BadFile failure;
    private String doubt;

    private Policies(Generation generation) {
        this.generation = generation;
    }

    static Policies load(Generation generation) {
        Policies loaded = new Policies(generation);
        String file = System.getProperty(PROPERTY);
        try {
            if (file != null) loaded.read(file);
        } catch (BadFile bad) {
            loaded.failure = bad;
        }
        return loaded;
    }

    /** What reading the file throws, or null. */
    Found failure() {
        return failure == null ? null : new Found(failure, null, doubt);
    }

    /** The same when it is read again, for the restore. */
    Found failureAgain() {
        return failure == null ? null : new Found(new BadFile(failure.getMessage(), failure.getCause()), null, doubt);
    }

    boolean areAbout(String type) {
        return policies.stream().anyMatch(policy -> policy.type.equals(type));
    }

    Decision forFile(String path) {
        return decide("file", parameters -> {
            String glob = parameters.get("path");
            return glob == null || FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(path));
        });
    }

    Decision forPipe() {
        return decide("pipe", parameters -> true);
    }

    Decision forSocket(SocketMatch socket) {
        return decide("socket", socket);
    }

    Decision forDescriptor(Descriptor descriptor) {
        return decide("filedescriptor", parameters -> {
            String value = parameters.get("value"), regex = parameters.get("regex");
            if (value != null && !value.equals(String.valueOf(descriptor.fd()))) return false;
            return regex == null || descriptor.description().matches(regex);
        });
    }

    private Decision decide(String type, Predicate<Map<String, String>> filter) {
        try {
            Policy policy = find(type, filter);
            return policy == null ? new Decision(State.OPEN, null, false, null, null, doubt) : decision(policy);
        } catch (RuntimeException e) {
            return new Decision(State.POLICY_FAILS, null, false, e, failureAgain(type, filter), doubt);
        }
    }

    private Policy find(String type, Predicate<Map<String, String>> filter) {
        for (Policy policy : policies) if (policy.type.equals(type) && filter.test(policy.parameters)) return policy;
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
        State state = switch (policy.action.toLowerCase(Locale.ROOT)) {
            case "error" -> State.OPEN;
            case "ignore" -> State.IGNORED;
            case "close" -> State.CLOSED_BY_POLICY;
            case "reopen" -> policy.action.equals("reopen") ? State.REOPENED : State.REOPEN_IN_OTHER_LETTERS;
            default -> State.UNKNOWN_ACTION;
        };
        boolean warn = Boolean.parseBoolean(policy.parameters.getOrDefault("warn", "true"));
        return new Decision(state, policy.action, warn, null, null, doubt);
    }

    private void read(String name) throws BadFile {
        File file = new File(name);
        if (!file.exists()) throw new BadFile("File " + name + " used in property " + PROPERTY + " does not exist", null);
        if (!file.isFile() || !file.canRead())
            throw new BadFile("File " + name + " used in property " + PROPERTY + " is not a regular file or cannot be read.", null);
        try {
            parse(name, PlainFiles.lines(file));
        } catch (IOException e) {
            throw new BadFile("Cannot read file " + name + " used in property " + PROPERTY, e);
        }
    }

    /** Counts lines as the JDK does: comments, blank lines and separators are not counted. */
    private void parse(String file, List<String> lines) throws BadFile {
        Map<String, String> rule = new HashMap<>();
        int current = 1, start = 1;
        for (String untrimmed : lines) {
            String line = untrimmed.trim();
            if (line.startsWith("#")) continue;
            if (line.isEmpty() && generation != Generation.V25) doubt = BLANK_LINE;
            if (line.isEmpty() && generation != Generation.V21_0_4) continue;
            if (line.equals("---")) {
                if (!rule.isEmpty()) add(rule, file, start, current);
                rule = new HashMap<>();
                start = current + 1;
                continue;
            }
            int colon = line.indexOf(": ");
            if (colon < 0) throw new BadFile(invalid(file, start, current) + "cannot parse line " + current + ": " + line, null);
            String key = line.substring(0, colon).trim();
            boolean anyCase = key.equalsIgnoreCase("type") || key.equalsIgnoreCase("action");
            rule.put(anyCase ? key.toLowerCase(Locale.ROOT) : key, line.substring(colon + 2).trim());
            current++;
        }
        if (!rule.isEmpty()) add(rule, file, start, current);
    }

    private void add(Map<String, String> rule, String file, int from, int to) throws BadFile {
        for (String key : new String[] { "type", "action" })
            if (!rule.containsKey(key)) throw new BadFile(invalid(file, from, to) + "no '" + key + "'", null);
        policies.add(new Policy(rule.get("type").toLowerCase(Locale.ROOT), rule.get("action"), rule));
    }

    private static String invalid(String file, int from, int to) {
        return "Invalid rule in policies file " + file + " on lines " + from + "-" + to + ": ";
    }

    private static final class BadFile extends ShownAs {
        private static final long serialVersionUID = 1L;

        BadFile(String message, Throwable cause) {
            super("jdk.internal.crac.OpenResourcePolicies$ConfigurationException", message);
            if (cause != null) initCause(cause);
        }
    }
}
