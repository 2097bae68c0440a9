package jdk.crac.impl;

/** As in a CRaC JDK: a socket is open. */
public class CheckpointOpenSocketException extends CheckpointOpenResourceException {
    private static final long serialVersionUID = 1L;

    public CheckpointOpenSocketException(String message) {
        super(message);
    }
}
