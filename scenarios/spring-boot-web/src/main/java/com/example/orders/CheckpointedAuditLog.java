package com.example.orders;

import java.io.IOException;
import java.nio.file.Path;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** The same audit trail, ready for CRaC: it gives its file back before a checkpoint and takes it again after a restore. */
class CheckpointedAuditLog extends AuditLog implements Resource {
    CheckpointedAuditLog(Path folder) throws IOException {
        super(folder);
        Core.getGlobalContext().register(this);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws IOException {
        close();
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws IOException {
        open();
    }
}
