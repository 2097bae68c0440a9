package io.github.cracpreflight.rehearsal.rules;

/** A class of the CRaC JDK whose public source says so; docs/crac/decisions.md has its path. */
public record Source(String simpleName) implements Proof {
    static Source source(String simpleName) {
        return new Source(simpleName);
    }
}
