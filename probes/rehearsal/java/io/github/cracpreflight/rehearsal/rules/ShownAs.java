package io.github.cracpreflight.rehearsal.rules;

/** An exception whose class only a CRaC JDK can have; it prints as that class. */
public class ShownAs extends Exception {
    private static final long serialVersionUID = 1L;
    private final String shown;

    public ShownAs(String shown, String message) {
        super(message);
        this.shown = shown;
    }

    final String shown() {
        return shown;
    }

    @Override
    public final String toString() {
        return getMessage() == null ? shown : shown + ": " + getMessage();
    }

    /** The class name that readers see for any exception. */
    public static String nameOf(Throwable t) {
        return t instanceof ShownAs shown ? shown.shown() : t.getClass().getName();
    }
}
