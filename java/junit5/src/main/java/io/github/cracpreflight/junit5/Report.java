package io.github.cracpreflight.junit5;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What tests need of a report: its verdict, and what blocks. */
record Report(Node root) {
    static final String SCHEMA = "crac-preflight/report@1";

    static Report parse(String json) {
        Node root = new Node(Json.parse(json));
        String schema = root.text("schema");
        if (!SCHEMA.equals(schema))
            throw new PreflightException("The report's schema is " + Text.line(schema) + ", and " + SCHEMA
                    + " is what can be read here. Use crac-preflight-junit5 and crac-preflight of one version.");
        return new Report(root);
    }

    /** One passing outcome where nothing blocks, one failing for each blocker that nobody accepted, an error where the check could not tell. */
    List<Outcome> outcomes() {
        if (root.text("verdict").equals("failed")) return List.of(untold(root.at("failure").text("message")));
        Node restoration = root.at("restoration");
        if (restoration.text("verdict").equals("not-tried"))
            return List.of(untold("The restore was not tried: " + restoration.text("reason")));
        Node known = root.at("known");
        Set<String> accepted = new HashSet<>(known.texts("accepted"));
        List<Outcome> outcomes = new ArrayList<>();
        for (Node blocker : root.all("blockers")) {
            String id = blocker.text("id");
            outcomes.add(new Outcome(Text.line(id), accepted.contains(id) ? null : new Blocker(root, blocker).failure()));
        }
        List<String> missed = new ArrayList<>(known.texts("unmet"));
        if (known.is("strict")) missed.addAll(known.texts("gone"));
        for (String id : missed) outcomes.add(new Outcome(Text.line(id), new AssertionError(
                "This blocker was expected or accepted, and is gone: " + Text.line(id))));
        if (outcomes.isEmpty()) outcomes.add(whole());
        return outcomes;
    }

    private Outcome whole() {
        boolean passes = root.text("verdict").equals("checkpointable");
        return new Outcome("checkpointable", passes ? null : new AssertionError(
                "The checkpoint was refused, and no blocker is known. The engine says:\n"
                        + Text.printable(root.at("engine").text("output"))));
    }

    private static Outcome untold(String why) {
        return new Outcome("checkpointable", new PreflightException("The check could not tell. " + Text.printable(why)));
    }

    /** A part of the report; what is not there reads as empty. */
    record Node(Object value) {
        Node at(String name) {
            return new Node(value instanceof Map<?, ?> map ? map.get(name) : null);
        }

        String text(String name) {
            return at(name).value() instanceof String text ? text : "";
        }

        Integer number(String name) {
            return at(name).value() instanceof Double number ? number.intValue() : null;
        }

        boolean is(String name) {
            return Boolean.TRUE.equals(at(name).value());
        }

        List<Node> all(String name) {
            return at(name).value() instanceof List<?> list ? list.stream().<Node>map(Node::new).toList() : List.of();
        }

        List<String> texts(String name) {
            return all(name).stream().map(Node::value).map(String::valueOf).toList();
        }
    }
}
