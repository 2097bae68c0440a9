package io.github.cracpreflight.rehearsal.answer;

import io.github.cracpreflight.rehearsal.owners.Wording;
import io.github.cracpreflight.rehearsal.verdicts.Failure;
import io.github.cracpreflight.rehearsal.verdicts.Judgement;
import io.github.cracpreflight.rehearsal.verdicts.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parts of the result that are lists: findings, descriptors, and what came back after the restore. */
final class ResultRows {
    private ResultRows() { }

    static Map<String, Object> restore(Answer answer) {
        List<Object> failures = new ArrayList<>(), exceptions = new ArrayList<>();
        for (Failure failure : answer.restoreFailures()) for (Failure part : failure.parts()) {
            failures.add(part.title());
            exceptions.add(exception(part));
        }
        Map<String, Object> restore = new LinkedHashMap<>();
        restore.put("restored", answer.reopening().restored());
        restore.put("missing", answer.reopening().missing());
        restore.put("onUse", answer.reopening().onUse());
        restore.put("listens", answer.reopening().listens());
        restore.put("failures", failures);
        restore.put("exceptions", exceptions);
        return restore;
    }

    /** With its causes, and with its stack down to the rehearsal's own frames. */
    private static Map<String, Object> exception(Failure failure) {
        List<Object> causes = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable cause = failure.exception(); cause != null && seen.add(cause); cause = cause.getCause())
            if (cause != failure.exception()) causes.add(Failure.of(cause).title());
        Map<String, Object> exception = new LinkedHashMap<>();
        exception.put("type", failure.type());
        exception.put("message", failure.message());
        exception.put("causes", causes);
        exception.put("frames", frames(failure.thrownAt()));
        return exception;
    }

    static List<Object> findings(List<Failure> all) {
        List<Object> findings = new ArrayList<>();
        for (Failure failure : all) for (Failure part : failure.parts()) {
            Map<String, Object> finding = new LinkedHashMap<>();
            finding.put("type", part.type());
            finding.put("message", part.message());
            finding.put("fd", part.fd());
            finding.put("subject", part.subject() == null ? null : part.subject().values());
            finding.put("unknowable", part.unknowable() != null);
            finding.put("why", part.unknowable());
            finding.put("thrownAt", frames(part.thrownAt()));
            findings.add(finding);
        }
        return findings;
    }

    private static List<Object> frames(List<StackTraceElement> stack) {
        List<Object> frames = new ArrayList<>();
        for (StackTraceElement element : stack) {
            Map<String, Object> frame = new LinkedHashMap<>();
            frame.put("class", element.getClassName());
            frame.put("method", element.getMethodName());
            frame.put("file", element.getFileName());
            frame.put("line", element.getLineNumber() < 0 ? null : element.getLineNumber());
            frames.add(frame);
        }
        return frames;
    }

    static List<Object> descriptors(Judgement judgement) {
        List<Object> descriptors = new ArrayList<>();
        for (Verdict verdict : judgement.verdicts()) descriptors.add(descriptor(verdict, verdict.rule().verdict(), verdict.rule().reason()));
        for (Verdict verdict : judgement.moving()) descriptors.add(descriptor(verdict, "unknown", "opened or closed during the rehearsal"));
        // last, as its number may lead to something else by now
        for (Verdict verdict : judgement.closedLate()) descriptors.add(descriptor(verdict, "blocked", "closed after beforeCheckpoint had returned"));
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
}
