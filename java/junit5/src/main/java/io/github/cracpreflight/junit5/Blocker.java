package io.github.cracpreflight.junit5;

import io.github.cracpreflight.junit5.Report.Node;
import java.util.ArrayList;
import java.util.List;

/** A blocker as the failure of a test, thrown where the app made what blocks. */
record Blocker(Node report, Node blocker) {
    AssertionError failure() {
        Node remedy = blocker.at("remedy");
        List<String> lines = new ArrayList<>(List.of(Text.line(blocker.text("summary"))));
        lines.add("Remedy: " + Text.line(remedy.text("text")));
        if (!remedy.text("policy").isEmpty()) lines.add(Text.printable(remedy.text("policy")));
        lines.add("Id: " + Text.line(blocker.text("id")));
        AssertionError failure = new AssertionError(String.join("\n", lines));
        failure.setStackTrace(stack().stream().map(Blocker::element).toArray(StackTraceElement[]::new));
        return failure;
    }

    /** The stack that has the owner, or else the first: of the creation before all others. */
    private List<Node> stack() {
        List<List<Node>> stacks = stacks();
        String owner = blocker.at("owner").text("frame");
        for (List<Node> stack : stacks)
            for (Node frame : stack) if (element(frame).toString().equals(owner)) return stack;
        return stacks.isEmpty() ? List.of() : stacks.get(0);
    }

    private List<List<Node>> stacks() {
        List<List<Node>> stacks = new ArrayList<>();
        List<Object> numbers = blocker.all("descriptors").stream().map(Node::value).toList();
        List<Node> descriptors = report.all("descriptors").stream()
                .filter(descriptor -> numbers.contains(descriptor.at("fd").value()))
                .toList();
        for (String action : List.of("origin", "listened", "bound", "connected"))
            for (Node descriptor : descriptors) stacks.add(descriptor.at(action).all("java"));
        for (String action : List.of("creationStack", "thrownAt"))
            for (Node finding : blocker.all("findings")) stacks.add(finding.all(action));
        stacks.removeIf(List::isEmpty);
        return stacks;
    }

    private static StackTraceElement element(Node frame) {
        String file = frame.text("file");
        Integer line = frame.number("line");
        return new StackTraceElement(
                Text.line(frame.text("class")),
                Text.line(frame.text("method")),
                file.isEmpty() ? null : Text.line(file),
                line == null ? -1 : line);
    }
}
