package io.github.cracpreflight.junit5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reports become tests: {@code spring-boot.json} is a report of two blockers, each with its stack. */
class ReportTest {
    private static final String FILE = "file:org.h2.store.fs.disk.FilePathDisk.open";
    private static final String LOG = "file:ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>";

    private static String blocked() throws IOException {
        try (var recorded = ReportTest.class.getResourceAsStream("/spring-boot.json")) {
            return new String(recorded.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Outcome> outcomes(String rest) {
        return Report.parse("{\"schema\": \"" + Report.SCHEMA + "\", " + rest + "}").outcomes();
    }

    @Test
    void eachBlockerFailsATestThrownWhereTheAppMadeIt() throws IOException {
        List<Outcome> outcomes = Report.parse(blocked()).outcomes();
        assertEquals(List.of(FILE, LOG), outcomes.stream().map(Outcome::name).toList());
        Throwable failure = assertThrows(AssertionError.class, outcomes.get(1)::orThrow);
        assertEquals(
                """
                open file /srv/orders/logs/orders.log
                Remedy: Log to standard output, or let a policy close the file and reopen it after the restore.
                type: file
                path: /srv/orders/logs/orders.log
                action: reopen
                Id: %s"""
                        .formatted(LOG),
                failure.getMessage());
        StackTraceElement[] stack = failure.getStackTrace();
        assertEquals(11, stack.length);
        assertEquals(
                new StackTraceElement(
                        "ch.qos.logback.core.recovery.ResilientFileOutputStream", "<init>", "ResilientFileOutputStream.java", 28),
                stack[3]);
    }

    @Test
    void anAcceptedBlockerPassesAndTheOthersFail() throws IOException {
        String known = "\"known\": {\"accepted\": [\"" + FILE + "\"], \"gone\": [], \"unmet\": [], \"strict\": false}";
        List<Outcome> outcomes = Report.parse(blocked().replace("\"known\": null", known)).outcomes();
        assertNull(outcomes.get(0).failure());
        assertInstanceOf(AssertionError.class, outcomes.get(1).failure());
    }

    @Test
    void whatIsGoneFailsWithStrictOnly() {
        String gone = "\"verdict\": \"checkpointable\", \"known\": {\"gone\": [\"file:a.B.c\"], \"strict\": %s}";
        assertEquals(new Outcome("checkpointable", null), outcomes(gone.formatted("false")).get(0));
        assertEquals("file:a.B.c", outcomes(gone.formatted("true")).get(0).name());
        assertInstanceOf(AssertionError.class, outcomes(gone.formatted("true")).get(0).failure());
    }

    @Test
    void anAppThatCanBeCheckpointedPassesOneTest() {
        assertEquals(List.of(new Outcome("checkpointable", null)), outcomes("\"verdict\": \"checkpointable\", \"blockers\": []"));
    }

    @Test
    void aRefusalWithoutBlockersIsNoPass() {
        var refused = outcomes("\"verdict\": \"blocked\", \"blockers\": [], \"engine\": {\"output\": \"Failed\"}").get(0);
        assertTrue(assertThrows(AssertionError.class, refused::orThrow).getMessage().endsWith("says:\nFailed"));
    }

    @Test
    void aCheckThatCouldNotTellIsAnErrorNotAFailure() {
        var failed = outcomes("\"verdict\": \"failed\", \"failure\": {\"code\": \"X\", \"message\": \"It ended with \\u001b[31m1.\"}").get(0);
        Throwable error = assertThrows(PreflightException.class, failed::orThrow);
        assertEquals("The check could not tell. It ended with \\u{001b}[31m1.", error.getMessage());
        var untried = outcomes("\"verdict\": \"checkpointable\", \"restoration\": {\"verdict\": \"not-tried\", \"reason\": \"no CRIU\"}").get(0);
        assertTrue(assertThrows(PreflightException.class, untried::orThrow).getMessage().endsWith("not tried: no CRIU"));
    }

    @Test
    void anotherSchemaIsRefused() {
        String other = "{\"schema\": \"crac-preflight/report@2\", \"verdict\": \"checkpointable\"}";
        assertEquals(
                "The report's schema is crac-preflight/report@2, and crac-preflight/report@1 is what can be read here."
                        + " Use crac-preflight-junit5 and crac-preflight of one version.",
                assertThrows(PreflightException.class, () -> Report.parse(other)).getMessage());
    }

    @Test
    void aStackOfTheEngineIsTakenWhereNothingWasObserved() {
        String finding = "{\"creationStack\": [{\"class\": \"a.B\", \"method\": \"c\", \"file\": null, \"line\": null}], \"thrownAt\": []}";
        var blocker = outcomes("\"verdict\": \"blocked\", \"blockers\": [{\"id\": \"i\", \"summary\": \"s\", \"findings\": [" + finding + "]}]").get(0);
        assertArrayEquals(
                new StackTraceElement[] {new StackTraceElement("a.B", "c", null, -1)}, blocker.failure().getStackTrace());
    }
}
