package io.github.cracpreflight.junit5;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The crac-preflight command line, wherever it is installed: {@code start} are its first words. */
record CommandLine(List<String> start, boolean byNpx) {
    static final String PROPERTY = "crac-preflight.cli";
    static final String VARIABLE = "CRAC_PREFLIGHT_CLI";
    private static final String MISSING =
            "crac-preflight is not installed here. Run \"npm install --save-dev crac-preflight\" in the working folder,"
                    + " put it on the PATH, or name it by -D" + PROPERTY + "=/path/to/crac-preflight or " + VARIABLE + ".";
    private static final int MOST_SAID = 4096;

    static CommandLine found() {
        return find(System.getProperty(PROPERTY), System.getenv());
    }

    static CommandLine find(String property, Map<String, String> environment) {
        if (property != null && !property.isEmpty()) return named(property, "The property " + PROPERTY);
        String variable = environment.getOrDefault(VARIABLE, "");
        if (!variable.isEmpty()) return named(variable, VARIABLE);
        String path = environment.getOrDefault("PATH", "");
        Optional<String> own = onPath("crac-preflight", path);
        if (own.isPresent()) return new CommandLine(List.of(own.get()), false);
        String npx = onPath("npx", path).orElseThrow(() -> new PreflightException(MISSING));
        return new CommandLine(List.of(npx, "--no-install", "crac-preflight"), true);
    }

    private static CommandLine named(String file, String by) {
        if (!Files.isRegularFile(Path.of(file)))
            throw new PreflightException(by + " names " + file + ", which is no file. Give the path of crac-preflight.");
        return new CommandLine(file.endsWith(".js") ? List.of("node", file) : List.of(file), false);
    }

    private static Optional<String> onPath(String program, String path) {
        return List.of(path.split(File.pathSeparator)).stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .map(Path::toString)
                .findFirst();
    }

    /** How it ended, and the last of what it said. */
    record End(int exit, String said) {}

    /** Runs it to its end. What it says goes to a file: surefire speaks on standard output. */
    End check(List<String> words, Path folder) throws IOException {
        Path said = folder.resolve("said.txt");
        List<String> all = new ArrayList<>(start);
        all.addAll(words);
        Process process;
        try {
            process = new ProcessBuilder(all)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException error) {
            throw new PreflightException(start.get(0) + " can't be started: " + error.getMessage(), error);
        }
        // It ends its app when it is ended itself.
        Thread ending = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            end(process);
            Thread.currentThread().interrupt();
            throw new PreflightException("The check was interrupted, and the app was ended.", interrupted);
        } finally {
            Runtime.getRuntime().removeShutdownHook(ending);
        }
        return new End(process.exitValue(), Text.printable(last(Files.readString(said))));
    }

    /** It ended without a report. */
    PreflightException noReport(End end) {
        boolean missing = byNpx && end.exit() == 1;
        return new PreflightException(
                (missing ? MISSING : "crac-preflight wrote no report, and ended with " + end.exit() + ".") + " It says:\n" + end.said());
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException again) {
            process.destroyForcibly();
        }
    }

    private static String last(String text) {
        return text.length() <= MOST_SAID ? text : "… " + text.substring(text.length() - MOST_SAID);
    }
}
