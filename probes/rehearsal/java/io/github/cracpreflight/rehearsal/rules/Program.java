package io.github.cracpreflight.rehearsal.rules;

/** A program whose answers by real CRaC JDKs are recorded in test/fixtures/transcripts. */
public record Program(String name) implements Proof {
    static Program program(String name) {
        return new Program(name);
    }
}
