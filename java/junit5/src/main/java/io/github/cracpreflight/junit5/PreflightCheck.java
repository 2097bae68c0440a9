package io.github.cracpreflight.junit5;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A check of one app, for a {@code @TestFactory}. */
public final class PreflightCheck {
    private final List<String> command;
    private final List<String> options = new ArrayList<>();

    private PreflightCheck(String... command) {
        this.command = List.of(command);
    }

    public static PreflightCheck command(String... command) {
        return new PreflightCheck(command);
    }

    /** @param command replaces the image's CMD */
    public static PreflightCheck image(String image, String... command) {
        return new PreflightCheck(command).option("--image", image);
    }

    static PreflightCheck of(Preflight preflight) {
        PreflightCheck check = new PreflightCheck(preflight.command());
        if (!preflight.image().isEmpty()) check.option("--image", preflight.image());
        if (!preflight.name().isEmpty()) check.name(preflight.name());
        if (!preflight.ready().isEmpty()) check.ready(preflight.ready());
        return check.warmUp(preflight.warmUp()).accept(preflight.accept()).options(preflight.options());
    }

    /** What the report calls the app. */
    public PreflightCheck name(String name) {
        return option("--name", name);
    }

    /** When the app is ready, like {@code port=8080} or {@code log=/Started/}. */
    public PreflightCheck ready(String condition) {
        return option("--ready", condition);
    }

    /** Requests between ready and checkpoint, like {@code GET http://localhost:8080/}. */
    public PreflightCheck warmUp(String... requests) {
        for (String request : requests) option("--warm-up", request);
        return this;
    }

    /** Ids of blockers that fail nobody: whole, their beginning, or a glob. */
    public PreflightCheck accept(String... ids) {
        for (String id : ids) option("--accept", id);
        return this;
    }

    /** More options of {@code crac-preflight check}, word by word. */
    public PreflightCheck options(String... words) {
        options.addAll(List.of(words));
        return this;
    }

    private PreflightCheck option(String name, String value) {
        return options(name, value);
    }

    /** Boots the app, checks it, and gives a test for each outcome. */
    public Stream<DynamicTest> tests() {
        return outcomes().stream().map(outcome -> DynamicTest.dynamicTest(outcome.name(), outcome::orThrow));
    }

    List<Outcome> outcomes() {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("preflight-junit5-");
            Path report = folder.resolve("report.json");
            CommandLine commandLine = CommandLine.found();
            CommandLine.End end = commandLine.check(words(report), folder);
            if (!Files.exists(report)) throw commandLine.noReport(end);
            return Report.parse(Files.readString(report)).outcomes();
        } catch (IOException error) {
            throw new PreflightException("The report can't be read: " + error.getMessage(), error);
        } finally {
            if (folder != null) remove(folder);
        }
    }

    private List<String> words(Path report) {
        List<String> words = new ArrayList<>(List.of("check", "--json", report.toString()));
        words.addAll(options);
        if (!command.isEmpty()) words.add("--");
        words.addAll(command);
        return words;
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) Files.delete(file);
            Files.delete(folder);
        } catch (IOException error) {
            throw new PreflightException("The folder " + folder + " can't be removed: " + error.getMessage(), error);
        }
    }
}
