package io.github.cracpreflight.junit5;

/** The check could not tell whether the app can be checkpointed. Its message says why and what to do. */
public final class PreflightException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PreflightException(String message) {
        super(message);
    }

    PreflightException(String message, Throwable cause) {
        super(message, cause);
    }
}
