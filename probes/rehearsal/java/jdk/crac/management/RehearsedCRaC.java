package jdk.crac.management;

import io.github.cracpreflight.rehearsal.notify.UserContext;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import jdk.crac.CheckpointException;
import jdk.crac.Core;
import jdk.crac.RestoreException;

/** A rehearsal's afterRestore is all the restore that there is. */
final class RehearsedCRaC implements CRaCMXBean {
    static final CRaCMXBean INSTANCE = new RehearsedCRaC();

    private RehearsedCRaC() { }

    @Override
    public long getUptimeSinceRestore() {
        long at = getRestoreTime();
        return at < 0 ? -1 : System.currentTimeMillis() - at;
    }

    @Override
    public long getRestoreTime() {
        return UserContext.INSTANCE.restoredAt();
    }

    @Override
    public void checkpointRestore() throws CheckpointException, RestoreException {
        Core.checkpointRestore();
    }

    @Override
    public ObjectName getObjectName() {
        try {
            return new ObjectName("jdk.management:type=CRaC");
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }
}
