package jdk.crac;

/** As in a CRaC JDK: gets notified before a checkpoint and after the restore. */
public interface Resource {
    void beforeCheckpoint(Context<? extends Resource> context) throws Exception;

    void afterRestore(Context<? extends Resource> context) throws Exception;
}
