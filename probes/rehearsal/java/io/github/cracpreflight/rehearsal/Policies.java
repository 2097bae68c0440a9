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
    private static final String PROPERTY = "jdk.crac.resource-policies";

    private record Policy(String type, String action, Map<String, String> parameters) { }

    /**
     * What the policies mean for one owner.
     * @param action as it is written in the file
     */
    record Decision(State state, String action, boolean warn, Exception failure) {
        static final Decision NONE = new Decision(State.OPEN, null, false, null);

        boolean matched() {
            return this != NONE;
        }

        boolean closes() {
            return state == State.CLOSED_BY_POLICY || state == State.REOPENED;
        }
    }

    private final List<Policy> policies = new ArrayList<>();
    /** Why the file can't be used; rules before the bad one stay in force. */
    private Exception failure;

    static Policies load() {
        Policies loaded = new Policies();
        String file = System.getProperty(PROPERTY);
        try {
            if (file != null) loaded.read(file);
        } catch (BadFile bad) {
            loaded.failure = bad;
        }
        return loaded;
    }

    Exception failure() {
        return failure;
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
            for (Policy policy : policies)
                if (policy.type.equals(type) && filter.test(policy.parameters)) return decision(policy);
            return Decision.NONE;
        } catch (RuntimeException e) {
            return new Decision(State.POLICY_FAILS, null, false, e);
        }
    }

    private static Decision decision(Policy policy) {
        State state = switch (policy.action.toLowerCase(Locale.ROOT)) {
            case "error" -> State.OPEN;
            case "ignore" -> State.IGNORED;
            case "close" -> State.CLOSED_BY_POLICY;
            case "reopen" -> State.REOPENED;
            default -> State.UNKNOWN_ACTION;
        };
        return new Decision(state, policy.action, Boolean.parseBoolean(policy.parameters.getOrDefault("warn", "true")), null);
    }

    private void read(String name) throws BadFile {
        File file = new File(name);
        if (!file.exists()) throw new BadFile("File " + name + " used in property " + PROPERTY + " does not exist");
        if (!file.isFile() || !file.canRead())
            throw new BadFile("File " + name + " used in property " + PROPERTY + " is not a regular file or cannot be read.");
        try {
            parse(name, PlainFiles.lines(file));
        } catch (IOException e) {
            throw new BadFile("Cannot read file " + name + " used in property " + PROPERTY);
        }
    }

    /** Counts lines as the JDK does: comments, blank lines and separators are not counted. */
    private void parse(String file, List<String> lines) throws BadFile {
        Map<String, String> rule = new HashMap<>();
        int current = 1, start = 1;
        for (String untrimmed : lines) {
            String line = untrimmed.trim();
            if (line.isEmpty() || line.startsWith("#")) continue;
            if (line.equals("---")) {
                if (!rule.isEmpty()) add(rule, file, start, current);
                rule = new HashMap<>();
                start = current + 1;
                continue;
            }
            int colon = line.indexOf(": ");
            if (colon < 0) throw new BadFile(invalid(file, start, current) + "cannot parse line " + current + ": " + line);
            String key = line.substring(0, colon).trim();
            boolean anyCase = key.equalsIgnoreCase("type") || key.equalsIgnoreCase("action");
            rule.put(anyCase ? key.toLowerCase(Locale.ROOT) : key, line.substring(colon + 2).trim());
            current++;
        }
        if (!rule.isEmpty()) add(rule, file, start, current);
    }

    private void add(Map<String, String> rule, String file, int from, int to) throws BadFile {
        for (String key : new String[] { "type", "action" })
            if (!rule.containsKey(key)) throw new BadFile(invalid(file, from, to) + "no '" + key + "'");
        policies.add(new Policy(rule.get("type").toLowerCase(Locale.ROOT), rule.get("action"), rule));
    }

    private static String invalid(String file, int from, int to) {
        return "Invalid rule in policies file " + file + " on lines " + from + "-" + to + ": ";
    }

    private static final class BadFile extends ShownAs {
        private static final long serialVersionUID = 1L;

        BadFile(String message) {
            super("jdk.internal.crac.OpenResourcePolicies$ConfigurationException", message);
        }
    }
}
