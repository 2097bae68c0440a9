package javax.crac;

/** As in the 21 line of CRaC JDKs: the same registry and the same checkpoint as {@code jdk.crac.Core}. */
public class Core {
    private static final Context<Resource> GLOBAL = new GlobalContext();

    private Core() { }

    public static Context<Resource> getGlobalContext() {
        return GLOBAL;
    }

    public static void checkpointRestore() throws CheckpointException, RestoreException {
        try {
            jdk.crac.Core.checkpointRestore();
        } catch (jdk.crac.CheckpointException e) {
            throw CheckpointException.of(e);
        } catch (jdk.crac.RestoreException e) {
            throw RestoreException.of(e);
        }
    }
}
