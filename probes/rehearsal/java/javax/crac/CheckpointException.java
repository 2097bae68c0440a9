package javax.crac;

/** As in the 21 line of CRaC JDKs. */
public class CheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    public CheckpointException() {
        super(null, null, true, false);
    }

    static CheckpointException of(jdk.crac.CheckpointException e) {
        CheckpointException translated = new CheckpointException();
        for (Throwable part : e.getSuppressed()) translated.addSuppressed(part);
        return translated;
    }

    jdk.crac.CheckpointException translated() {
        jdk.crac.CheckpointException translated = new jdk.crac.CheckpointException();
        for (Throwable part : getSuppressed()) translated.addSuppressed(part);
        return translated;
    }
}
