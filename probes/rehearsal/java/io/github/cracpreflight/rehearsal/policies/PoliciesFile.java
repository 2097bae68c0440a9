package io.github.cracpreflight.rehearsal.policies;

import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.ShownAs;
import io.github.cracpreflight.rehearsal.vm.PlainFiles;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The file of {@code -Djdk.crac.resource-policies} (docs/crac/decisions.md 2.4), read as the JDK reads it, its errors included. */
final class PoliciesFile {
    private static final String PROPERTY = "jdk.crac.resource-policies",
        BLANK_LINE = "older CRaC JDKs refuse a policies file with a blank line, later ones pass over it, and since which release is not on record";

    private final List<Policy> policies = new ArrayList<>();
    private final Generation generation;
    private BadFile failure;
    private String doubt;

    private PoliciesFile(Generation generation) {
        this.generation = generation;
    }

    static PoliciesFile read(Generation generation) {
        PoliciesFile read = new PoliciesFile(generation);
        String file = System.getProperty(PROPERTY);
        try {
            if (file != null) read.read(file);
        } catch (BadFile bad) {
            read.failure = bad;
        }
        return read;
    }

    /** Where the file can't be used, the rules before the bad one. */
    List<Policy> policies() {
        return policies;
    }

    /** Why the file can't be used, as a new exception each time; null where it can. */
    Exception failure() {
        return failure == null ? null : new BadFile(failure.getMessage(), failure.getCause());
    }

    /** Why a CRaC JDK might read the file in another way; null where that is certain. */
    String doubt() {
        return doubt;
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
