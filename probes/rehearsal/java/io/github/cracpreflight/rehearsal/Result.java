package io.github.cracpreflight.rehearsal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The file that answers a request. It is complete as soon as it is there. */
final class Result {
    private final Map<String, Object> json = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    private Result(String version, String outcome, int exit, String output, String appOutput) {
        json.put("cracVersion", version);
        json.put("outcome", outcome);
        json.put("exit", exit);
        json.put("output", output);
        json.put("appOutput", appOutput);
        if (Vm.attachedLate()) notes.add("The agent was loaded into a running JVM: registrations made before are lost, live org.crac resources "
            + "were notified in unknown order, and inherited descriptors can't be told from opened ones.");
    }

    static Result of(Answer answer) {
        Result result = new Result(answer.generation().version, answer.refused() ? "refused" : "passed", answer.exit(), answer.output(), answer.appOutput());
        if (answer.reopening() != null) result.json.put("restore", restore(answer));
        result.notes.addAll(answer.notes());
        if (answer.error() != null) result.notes.add(endedBy(answer));
        if (!answer.judgement().moving().isEmpty())
            result.notes.add(answer.judgement().moving().size() + " descriptors were opened or closed meanwhile and are not judged.");
        for (String doubt : answer.judgement().doubts()) result.notes.add("What passes is not all certain: " + doubt + ".");
        return result.with(findings(answer.refused() ? answer.failures() : List.of()), descriptors(answer.judgement()), answer.millis());
    }

    private static String endedBy(Answer answer) {
        String error = Found.of(answer.error()).type();
        if (answer.reopening() == null)
            return "A resource threw " + error + ", which ends the checkpoint at once: nothing was judged, and afterRestore of nobody runs.";
        return "afterRestore of a resource threw " + error + ", which ends the notification at once: resources registered later are not told"
            + (answer.refused() ? ", and jcmd shows it instead of the findings." : "; jcmd has its answer before.");
    }

    /** The rehearsal itself has no answer. */
    static Result failed(String version, String why, boolean timedOut) {
        Result result = new Result(version, "error", 1, why, "");
        result.json.put("timedOut", timedOut);
        return result.with(List.of(), List.of(), Map.of());
    }

    private Result with(List<Object> findings, List<Object> descriptors, Map<String, Long> millis) {
        json.putIfAbsent("timedOut", false);
        json.putIfAbsent("restore", null);
        VmOptions.note().ifPresent(notes::add);
        json.put("findings", findings);
        json.put("descriptors", descriptors);
        json.put("millis", millis);
        Map<String, Object> jdk = new LinkedHashMap<>();
        jdk.put("feature", Runtime.version().feature());
        jdk.put("version", System.getProperty("java.runtime.version", ""));
        jdk.put("vendor", System.getProperty("java.vendor", ""));
        json.put("jdk", jdk);
        json.put("notes", notes);
        return this;
    }

    private static Map<String, Object> restore(Answer answer) {
        List<Object> failures = new ArrayList<>();
        for (Found failure : answer.restoreFailures()) for (Found found : failure.parts()) failures.add(found.title());
        Map<String, Object> restore = new LinkedHashMap<>();
        restore.put("restored", answer.reopening().restored());
        restore.put("missing", answer.reopening().missing());
        restore.put("failures", failures);
        return restore;
    }

    private static List<Object> findings(List<Found> all) {
        List<Object> findings = new ArrayList<>();
        for (Found one : all) for (Found found : one.parts()) {
            Map<String, Object> finding = new LinkedHashMap<>();
            finding.put("type", found.type());
            finding.put("message", found.message());
            finding.put("fd", found.fd());
            finding.put("unknowable", found.unknowable() != null);
            finding.put("why", found.unknowable());
            findings.add(finding);
        }
        return findings;
    }

    private static List<Object> descriptors(Judgement judgement) {
        List<Object> descriptors = new ArrayList<>();
        for (Verdict verdict : judgement.verdicts()) descriptors.add(descriptor(verdict, verdict.rule().verdict(), verdict.rule().reason()));
        for (Verdict verdict : judgement.moving()) descriptors.add(descriptor(verdict, "unknown", "opened or closed during the rehearsal"));
        return descriptors;
    }

    private static Map<String, Object> descriptor(Verdict verdict, String word, String reason) {
        Object owner = verdict.owner() == null ? null : verdict.owner().object;
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("fd", verdict.descriptor().fd());
        descriptor.put("verdict", word);
        descriptor.put("rule", reason);
        descriptor.put("link", verdict.descriptor().link());
        descriptor.put("ownerClass", owner == null ? null : owner.getClass().getName());
        descriptor.put("owner", Wording.of(owner));
        return descriptor;
    }

    Result note(String note) {
        notes.add(note);
        return this;
    }

    int exit() {
        return (Integer) json.get("exit");
    }

    String appOutput() {
        return (String) json.get("appOutput");
    }

    /** Without the line with the process id: jcmd prints that itself. */
    String outputOfCommand() {
        return ((String) json.get("output")).replaceFirst("^\\d+:\n", "");
    }

    void write(File file) throws IOException {
        PlainFiles.write(file, Json.write(json).getBytes(StandardCharsets.US_ASCII));
    }
}
