package io.github.cracpreflight.rehearsal.answer;

import io.github.cracpreflight.rehearsal.verdicts.Failure;
import io.github.cracpreflight.rehearsal.vm.PlainFiles;
import io.github.cracpreflight.rehearsal.vm.Vm;
import io.github.cracpreflight.rehearsal.vm.VmOptions;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The file that answers a request. It is complete as soon as it is there. */
public final class Result {
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

    public static Result of(Answer answer) {
        CracOutput printed = new CracOutput(answer);
        Result result = new Result(answer.generation().version, answer.refused() ? "refused" : "passed", printed.exit(), printed.output(),
            printed.appOutput());
        if (answer.reopening() != null) result.json.put("restore", ResultRows.restore(answer));
        if (answer.passage() != null) result.json.put("passage", answer.passage());
        result.notes.addAll(answer.notes());
        if (answer.error() != null) result.notes.add(endedBy(answer));
        if (!answer.judgement().moving().isEmpty())
            result.notes.add(answer.judgement().moving().size() + " descriptors were opened or closed meanwhile and are not judged.");
        int late = answer.judgement().closedLate().size();
        if (late > 0)
            result.notes.add(late + (late == 1 ? " descriptor was" : " descriptors were") + " open when beforeCheckpoint had returned and"
                + (late == 1 ? " was" : " were") + " closed later: a CRaC JDK looks at once. Wait in beforeCheckpoint until it is closed.");
        for (String doubt : answer.judgement().doubts()) result.notes.add("What passes is not all certain: " + doubt + ".");
        return result.with(ResultRows.findings(answer.refused() ? answer.failures() : List.of()), ResultRows.descriptors(answer.judgement()), answer.millis());
    }

    private static String endedBy(Answer answer) {
        String error = Failure.of(answer.error()).type();
        if (answer.reopening() == null)
            return "A resource threw " + error + ", which ends the checkpoint at once: nothing was judged, and afterRestore of nobody runs.";
        return "afterRestore of a resource threw " + error + ", which ends the notification at once: resources registered later are not told"
            + (answer.refused() ? ", and jcmd shows it instead of the findings." : "; jcmd has its answer before.");
    }

    /** The rehearsal itself has no answer. */
    public static Result failed(String version, String why, boolean timedOut) {
        Result result = new Result(version, "error", 1, why, "");
        result.json.put("timedOut", timedOut);
        return result.with(List.of(), List.of(), Map.of());
    }

    private Result with(List<Object> findings, List<Object> descriptors, Map<String, Long> millis) {
        json.putIfAbsent("timedOut", false);
        json.putIfAbsent("restore", null);
        json.putIfAbsent("passage", null);
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

    public int exit() {
        return (Integer) json.get("exit");
    }

    public String appOutput() {
        return (String) json.get("appOutput");
    }

    /** Without the line with the process id: jcmd prints that itself. */
    public String outputOfCommand() {
        return ((String) json.get("output")).replaceFirst("^\\d+:\n", "");
    }

    public void write(File file) throws IOException {
        PlainFiles.write(file, Json.write(json).getBytes(StandardCharsets.US_ASCII));
    }
}
