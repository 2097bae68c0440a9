package jdk.crac;

/** As in a CRaC JDK: every failure is a suppressed exception; it has no stack trace of its own. */
public class RestoreException extends Exception {
    private static final long serialVersionUID = 1L;

    public RestoreException() {
        super(null, null, true, false);
    }
}
