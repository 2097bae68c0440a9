package io.github.cracpreflight.rehearsal.notify;

import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.Vm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import jdk.crac.Context;
import jdk.crac.Resource;

/**
 * After a late attach org.crac has found no implementation and dropped every registration. Second best is every live object
 * that implements org.crac.Resource; whether and in which order they were registered nobody knows.
 */
final class LateResources {
    private LateResources() { }

    static List<Resource> find() {
        List<Resource> found = new ArrayList<>();
        for (Class<?> core : Vm.loaded("Lorg/crac/Core;"))
            try {
                // one that is not initialised yet will find our API by itself, one with an implementation has found it
                if (!Vm.isInitialized(core) || Internals.getStatic(core, "compat") != null) continue;
                Class<?> resource = Class.forName("org.crac.Resource", false, core.getClassLoader());
                Class<?> context = Class.forName("org.crac.Context", false, core.getClassLoader());
                Object global = core.getMethod("getGlobalContext").invoke(null);
                for (Object object : Vm.instances(resource))
                    if (!context.isInstance(object)) found.add(new Adapter(object, resource, context, global));
            } catch (ReflectiveOperationException anotherOrgCrac) {
                continue;
            }
        return found;
    }

    private record Adapter(Object target, Class<?> resource, Class<?> contextType, Object global) implements Resource {
        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
            call("beforeCheckpoint");
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) throws Exception {
            call("afterRestore");
        }

        private void call(String method) throws Exception {
            try {
                resource.getMethod(method, contextType).invoke(target, global);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Exception thrown) throw thrown;
                if (e.getCause() instanceof Error error) throw error;
                // as the proxy that org.crac would have registered
                throw new UndeclaredThrowableException(e.getCause());
            }
        }
    }
}
