package io.github.cracpreflight.rehearsal;

/**
 * One exception of the answer, with what only the rehearsal knows about it.
 * @param fd null where it is about no descriptor
 * @param unknowable why a stock JDK can't be sure of it; null where it can
 */
record Found(Throwable exception, Integer fd, String unknowable) {
    static Found of(Throwable exception) {
        return new Found(exception, null, null);
    }
}
