package io.github.cracpreflight.rehearsal.answer;

import io.github.cracpreflight.rehearsal.rules.ShownAs;
import io.github.cracpreflight.rehearsal.verdicts.Failure;
import io.github.cracpreflight.rehearsal.verdicts.Verdict;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.VmOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What a CRaC JDK would have printed and returned for an answer. */
record CracOutput(Answer answer) {
    /** As {@code jcmd PID JDK.checkpoint} prints it (docs/crac/decisions.md 5.1). */
    String output() {
        StringBuilder text = new StringBuilder().append(ProcessHandle.current().pid()).append(":\n");
        if (VmOptions.printsResources()) appendResources(text);
        if (!answer.refused()) return text.append(answer.generation().success).append('\n').toString();
        if (answer.error() != null) return text.append(Failure.of(answer.error()).title()).append('\n').toString();
        text.append("An exception during a checkpoint operation:\n");
        return text.append(trace("CheckpointException", answer.failures())).toString();
    }

    /** Of jcmd, which fails only when an Error comes out of the command (docs/crac/decisions.md 5.1). */
    int exit() {
        return answer.refused() && answer.error() != null ? 1 : 0;
    }

    /**
     * What goes to the application's stderr instead: jcmd has its answer before afterRestore runs. An Error takes the
     * RestoreException's place, and the command that would print it has ended.
     */
    String appOutput() {
        return answer.refused() || answer.error() != null || answer.restoreFailures().isEmpty() ? "" : trace("RestoreException", answer.restoreFailures());
    }

    private String trace(String aggregate, List<Failure> parts) {
        Exception all = new ShownAs(answer.generation().corePackage + "." + aggregate, null);
        all.setStackTrace(new StackTraceElement[0]);
        for (Failure part : parts) all.addSuppressed(part.exception());
        StringWriter text = new StringWriter();
        try {
            all.printStackTrace(new PrintWriter(text, true));
        } catch (RuntimeException brokenException) {
            text.append("\n(an exception of the application can't be printed: ").append(brokenException.getClass().getName()).append(")\n");
        }
        return text.toString();
    }

    private void appendResources(StringBuilder text) {
        for (Verdict verdict : answer.judgement().verdicts()) {
            Descriptor d = verdict.descriptor();
            text.append("JVM: FD fd=").append(d.fd()).append(" type=").append(d.type()).append(" path=\"").append(d.link())
                .append(d.isSocket() ? ",port=" + d.port() : "").append("\" ").append(verdict.resourceTail()).append('\n');
        }
    }
}
