package io.github.cracpreflight.rehearsal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** The outcome of a rehearsal, and the text that a CRaC JDK would have for it. */
record Answer(Generation generation, boolean refused, List<Found> failures, List<Found> restoreFailures, Judgement judgement,
              Reopening reopening, Map<String, Long> millis) {

    /** As {@code jcmd PID JDK.checkpoint} prints it (crac.md 5). */
    String output() {
        StringBuilder text = new StringBuilder().append(ProcessHandle.current().pid()).append(":\n");
        if (VmOptions.printsResources()) appendResources(text);
        if (!refused) return text.append(generation.success).append('\n').toString();
        text.append("An exception during a checkpoint operation:\n");
        return text.append(trace("CheckpointException", failures)).toString();
    }

    /** What goes to the application's stderr instead: jcmd has its answer before afterRestore runs. */
    String appOutput() {
        return refused || restoreFailures.isEmpty() ? "" : trace("RestoreException", restoreFailures);
    }

    private String trace(String aggregate, List<Found> parts) {
        Exception all = new ShownAs(generation.corePackage + "." + aggregate, null);
        all.setStackTrace(new StackTraceElement[0]);
        for (Found part : parts) all.addSuppressed(part.exception());
        StringWriter text = new StringWriter();
        try {
            all.printStackTrace(new PrintWriter(text, true));
        } catch (RuntimeException brokenException) {
            text.append("\n(an exception of the application can't be printed: ").append(brokenException.getClass().getName()).append(")\n");
        }
        return text.toString();
    }

    private void appendResources(StringBuilder text) {
        for (Verdict verdict : judgement.verdicts()) {
            Descriptor d = verdict.descriptor();
            text.append("JVM: FD fd=").append(d.fd()).append(" type=").append(d.type()).append(" path=\"").append(d.link())
                .append(d.isSocket() ? ",port=" + d.port() : "").append("\" ").append(verdict.resourceTail()).append('\n');
        }
    }
}
