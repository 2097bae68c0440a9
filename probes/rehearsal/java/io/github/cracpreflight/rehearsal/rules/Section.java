package io.github.cracpreflight.rehearsal.rules;

/** A section of docs/crac/decisions.md. */
public record Section(int chapter, int part) implements Proof {
    static Section section(int chapter, int part) {
        return new Section(chapter, part);
    }
}
