package io.github.cracpreflight.rehearsal.rules;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One row of {@link Rules}.
 * @param verdict a word of the report: blocked, claimed, inherited, standard, harness
 * @param reason the rule in a few words
 * @param unknowable why a stock JDK can't be sure of this row; null where it can
 * @param proofs where the rule is written down, and what shows it
 */
public record Rule(Set<Kind> kinds, Set<State> states, Set<Generation> generations, String verdict, String reason,
            List<ExpectedException> expected, String unknowable, List<Proof> proofs) {

    boolean matches(Kind kind, State state, Generation generation) {
        return kinds.contains(kind) && states.contains(state) && generations.contains(generation);
    }

    public boolean isNative() {
        return expected.stream().anyMatch(e -> e.type() == ExpectedException.Type.NATIVE_SCAN);
    }

    static Writer on(Kind first, Kind... more) {
        return new Writer(EnumSet.of(first, more));
    }

    /** Lets a row be read as a sentence: on these owners, when in that state, in these generations … proof. */
    static final class Writer {
        private final Set<Kind> kinds;
        private Set<State> states = EnumSet.of(State.OPEN);
        private Set<Generation> generations = EnumSet.allOf(Generation.class);
        private String verdict;
        private String reason;
        private String unknowable;
        private ExpectedException[] expected;

        private Writer(Set<Kind> kinds) {
            this.kinds = kinds;
        }

        Writer when(State first, State... more) {
            states = EnumSet.of(first, more);
            return this;
        }

        Writer in(Generation first, Generation... more) {
            generations = EnumSet.of(first, more);
            return this;
        }

        Writer blocked(String why, ExpectedException... exceptions) {
            return is("blocked", why, exceptions);
        }

        Writer claimed(String why, ExpectedException... exceptions) {
            return is("claimed", why, exceptions);
        }

        Writer is(String word, String why, ExpectedException... exceptions) {
            verdict = word;
            reason = why;
            expected = exceptions;
            return this;
        }

        Writer unsure(String why) {
            unknowable = why;
            return this;
        }

        Rule proof(Section first, Proof... more) {
            List<Proof> proofs = new ArrayList<>(List.of(first));
            proofs.addAll(List.of(more));
            return new Rule(kinds, states, generations, verdict, reason, List.of(expected), unknowable, proofs);
        }
    }
}
