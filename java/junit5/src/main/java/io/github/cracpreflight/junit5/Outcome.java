package io.github.cracpreflight.junit5;

/** One test of a check; {@code failure} is null where it passes. */
record Outcome(String name, Throwable failure) {
    void orThrow() throws Exception {
        if (failure instanceof Error error) throw error;
        if (failure instanceof Exception exception) throw exception;
    }
}
