package io.github.cracpreflight.junit5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the command line is looked for, and in which order. */
class CommandLineTest {
    @TempDir
    Path folder;

    private String program(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertTrue(file.toFile().setExecutable(true));
        return file.toString();
    }

    private static String refusal(String property, Map<String, String> environment) {
        return assertThrows(PreflightException.class, () -> CommandLine.find(property, environment)).getMessage();
    }

    @Test
    void propertyThenVariableThenPathThenNpx() throws IOException {
        String npx = program("npx", "");
        var path = Map.of("PATH", "/nowhere::" + folder);
        assertEquals(List.of(npx, "--no-install", "crac-preflight"), CommandLine.find(null, path).start());
        String onPath = program("crac-preflight", "");
        assertEquals(List.of(onPath), CommandLine.find("", path).start());
        String script = program("start.js", "");
        var all = Map.of("PATH", folder.toString(), CommandLine.VARIABLE, script);
        assertEquals(List.of("node", script), CommandLine.find(null, all).start());
        assertEquals(List.of(npx), CommandLine.find(npx, all).start());
    }

    @Test
    void whereItIsMissingTheErrorSaysHowToGetIt() {
        String missing = refusal(null, Map.of("PATH", folder.toString()));
        assertTrue(missing.startsWith("crac-preflight is not installed here. Run \"npm install --save-dev crac-preflight\""), missing);
        assertEquals(
                "The property crac-preflight.cli names /no/such, which is no file. Give the path of crac-preflight.",
                refusal("/no/such", Map.of()));
        assertTrue(refusal(null, Map.of(CommandLine.VARIABLE, "/no/such")).startsWith("CRAC_PREFLIGHT_CLI names /no/such"));
    }

    @Test
    void npxWithoutThePackageSaysTheSame() throws IOException {
        var npx = new CommandLine(List.of(program("npx", "echo 'npx canceled'; exit 1")), true);
        String told = npx.noReport(npx.check(List.of(), folder)).getMessage();
        assertTrue(told.startsWith("crac-preflight is not installed here."), told);
        assertTrue(told.endsWith("It says:\nnpx canceled\n"), told);
    }

    @Test
    void whatItSaysOfWrongOptionsIsTold() throws IOException {
        var program = new CommandLine(List.of(program("wrong", "echo \"no such option: $*\" >&2; exit 2")), false);
        assertEquals(
                "crac-preflight wrote no report, and ended with 2. It says:\nno such option: check --x y z\n",
                program.noReport(program.check(List.of("check", "--x", "y z"), folder)).getMessage());
    }

    @Test
    void theEndOfALongTextIsKept() throws IOException {
        String program = program("long", "yes | head -c 9000; printf 'the \\033end'");
        String said = new CommandLine(List.of(program), false).check(List.of(), folder).said();
        assertTrue(said.startsWith("… ") && said.endsWith("the \\u{001b}end") && said.length() < 4200, said);
    }
}
