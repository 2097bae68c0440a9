package javax.crac;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/** Registers resources with the one registry, which holds them as weakly as if they had been registered there. */
final class GlobalContext extends Context<Resource> {
    private final Map<Resource, Wrapper> wrappers = new WeakHashMap<>();

    @Override
    public synchronized void register(Resource resource) {
        Wrapper wrapper = new Wrapper(resource, this);
        wrappers.put(resource, wrapper);
        jdk.crac.Core.getGlobalContext().register(wrapper);
    }

    /** The registry calls the wrappers one by one; this context is only handed to the callbacks. */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) { }

    @Override
    public void afterRestore(Context<? extends Resource> context) { }

    private static final class Wrapper extends WeakReference<Resource> implements jdk.crac.Resource {
        private final Context<Resource> context;
        /** Holds the resource between the two callbacks, as CRaC does. */
        private Resource held;

        Wrapper(Resource resource, Context<Resource> context) {
            super(resource);
            this.context = context;
        }

        @Override
        public void beforeCheckpoint(jdk.crac.Context<? extends jdk.crac.Resource> ignored) throws Exception {
            held = get();
            if (held != null) try {
                held.beforeCheckpoint(context);
            } catch (CheckpointException e) {
                throw e.translated();
            }
        }

        @Override
        public void afterRestore(jdk.crac.Context<? extends jdk.crac.Resource> ignored) throws Exception {
            Resource notified = held;
            held = null;
            if (notified != null) try {
                notified.afterRestore(context);
            } catch (RestoreException e) {
                throw e.translated();
            }
        }
    }
}
