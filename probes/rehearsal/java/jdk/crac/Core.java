package jdk.crac;

import io.github.cracpreflight.rehearsal.Rehearsal;
import io.github.cracpreflight.rehearsal.notify.UserContext;

/** As in a CRaC JDK; this is also what org.crac looks for. */
public class Core {
    private Core() { }

    public static Context<Resource> getGlobalContext() {
        return UserContext.INSTANCE;
    }

    public static void checkpointRestore() throws CheckpointException, RestoreException {
        UserContext.complete();
        Rehearsal.forApplication();
    }
}
