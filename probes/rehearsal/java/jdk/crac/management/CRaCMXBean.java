package jdk.crac.management;

import java.lang.management.PlatformManagedObject;
import jdk.crac.CheckpointException;
import jdk.crac.RestoreException;

/**
 * As in a CRaC JDK, but for {@code ManagementFactory.getPlatformMXBean}, which knows the beans of its own JDK alone. The 21 line
 * has no {@code checkpointRestore} here (src/jdk.management/share/classes/jdk/crac/management in openjdk/crac).
 */
public interface CRaCMXBean extends PlatformManagedObject {
    static CRaCMXBean getCRaCMXBean() {
        return RehearsedCRaC.INSTANCE;
    }

    /** Milliseconds since the restore; -1 before one. */
    long getUptimeSinceRestore();

    /** When it was, in milliseconds of the epoch; -1 before one. */
    long getRestoreTime();

    void checkpointRestore() throws CheckpointException, RestoreException;
}
