package javax.crac;

/** As in the 21 line of CRaC JDKs. */
public class RestoreException extends Exception {
    private static final long serialVersionUID = 1L;

    public RestoreException() {
        super(null, null, true, false);
    }

    static RestoreException of(jdk.crac.RestoreException e) {
        RestoreException translated = new RestoreException();
        for (Throwable part : e.getSuppressed()) translated.addSuppressed(part);
        return translated;
    }

    jdk.crac.RestoreException translated() {
        jdk.crac.RestoreException translated = new jdk.crac.RestoreException();
        for (Throwable part : getSuppressed()) translated.addSuppressed(part);
        return translated;
    }
}
