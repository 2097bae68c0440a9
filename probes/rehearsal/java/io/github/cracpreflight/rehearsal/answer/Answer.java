package io.github.cracpreflight.rehearsal.answer;

import io.github.cracpreflight.rehearsal.notify.Reopening;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.verdicts.Failure;
import io.github.cracpreflight.rehearsal.verdicts.Judgement;
import java.util.List;
import java.util.Map;

/**
 * The outcome of a rehearsal.
 * @param error what ended the callbacks at once, as it is no Exception; null where nothing did
 * @param reopening null where afterRestore of nobody has run
 * @param passage what the JVM saw on its way through an image; null where there was none
 * @param notes what a reader must know about who was notified
 */
public record Answer(Generation generation, boolean refused, List<Failure> failures, List<Failure> restoreFailures, Throwable error,
              Judgement judgement, Reopening reopening, Map<String, Object> passage, List<String> notes, Map<String, Long> millis) { }
