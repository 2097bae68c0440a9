package jdk.crac.impl;

/** As in a CRaC JDK: a file is open. */
public class CheckpointOpenFileException extends CheckpointOpenResourceException {
    private static final long serialVersionUID = 1L;

    public CheckpointOpenFileException(String message) {
        super(message);
    }
}
