package io.github.cracpreflight.rehearsal.answer;

import io.github.cracpreflight.rehearsal.owners.Wording;
import io.github.cracpreflight.rehearsal.verdicts.Failure;
import io.github.cracpreflight.rehearsal.verdicts.Judgement;
import io.github.cracpreflight.rehearsal.verdicts.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of the result that are lists: findings, descriptors, and what came back after the restore. */
final class ResultRows {
    private ResultRows() { }

    static Map<String, Object> restore(Answer answer) {
        List<Object> failures = new ArrayList<>();
        for (Failure failure : answer.restoreFailures()) for (Failure part : failure.parts()) failures.add(part.title());
        Map<String, Object> restore = new LinkedHashMap<>();
        restore.put("restored", answer.reopening().restored());
        restore.put("missing", answer.reopening().missing());
        restore.put("failures", failures);
        return restore;
    }

    static List<Object> findings(List<Failure> all) {
        List<Object> findings = new ArrayList<>();
        for (Failure failure : all) for (Failure part : failure.parts()) {
            Map<String, Object> finding = new LinkedHashMap<>();
            finding.put("type", part.type());
            finding.put("message", part.message());
            finding.put("fd", part.fd());
            finding.put("unknowable", part.unknowable() != null);
            finding.put("why", part.unknowable());
            findings.add(finding);
        }
        return findings;
    }

    static List<Object> descriptors(Judgement judgement) {
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
}
