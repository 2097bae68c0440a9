package jdk.crac.impl;

/** As in a CRaC JDK: something is open that is neither a file nor a socket. */
public class CheckpointOpenResourceException extends Exception {
    private static final long serialVersionUID = 1L;

    public CheckpointOpenResourceException(String message) {
        super(message);
    }
}
