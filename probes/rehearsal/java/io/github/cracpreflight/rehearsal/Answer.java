package io.github.cracpreflight.rehearsal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/**
 * The outcome of a rehearsal, and the text that a CRaC JDK would have for it.
 * @param error what ended the callbacks at once, as it is no Exception; null where nothing did
 * @param reopening null where afterRestore of nobody has run
 * @param notes what a reader must know about who was notified
 */
record Answer(Generation generation, boolean refused, List<Found> failures, List<Found> restoreFailures, Throwable error,
              Judgement judgement, Reopening reopening, List<String> notes, Map<String, Long> millis) {

    /** As {@code jcmd PID JDK.checkpoint} prints it (crac.md 5). */
    String output() {
        StringBuilder text = new StringBuilder().append(ProcessHandle.current().pid()).append(":\n");
        if (VmOptions.printsResources()) appendResources(text);
        if (!refused) return text.append(generation.success).append('\n').toString();
        if (error != null) return text.append(Found.of(error).title()).append('\n').toString();
        text.append("An exception during a checkpoint operation:\n");
        return text.append(trace("CheckpointException", failures)).toString();
    }

    /** Of jcmd, which fails only when an Error comes out of the command (rehearsal-rules.md: ResError). */
    int exit() {
        return refused && error != null ? 1 : 0;
    }

    /**
     * What goes to the application's stderr instead: jcmd has its answer before afterRestore runs. An Error takes the
     * RestoreException's place, and the command that would print it has ended.
     */
    String appOutput() {
        return refused || error != null || restoreFailures.isEmpty() ? "" : trace("RestoreException", restoreFailures);
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
