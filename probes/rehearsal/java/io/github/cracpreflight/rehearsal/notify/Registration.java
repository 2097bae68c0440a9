package io.github.cracpreflight.rehearsal.notify;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import jdk.crac.Resource;

/** One call of {@code register}; it holds its resource as weakly as CRaC does. */
final class Registration extends WeakReference<Resource> {
    final long number;
    /** Its resource had been registered before. */
    boolean repeats;
    /** Its resource has been registered again since. */
    boolean repeated;

    Registration(Resource resource, long number) {
        super(resource);
        this.number = number;
    }

    /** What the application has registered: org.crac and javax.crac register wrappers, which hold it weakly. */
    static Object target(Object resource) {
        if (resource == null) return null;
        Object wrapper = Proxy.isProxyClass(resource.getClass()) ? Proxy.getInvocationHandler(resource) : resource;
        String name = wrapper.getClass().getName();
        if (!(wrapper instanceof Reference<?> reference) || !name.startsWith("org.crac.") && !name.startsWith("javax.crac.")) return resource;
        Object target = reference.get();
        return target == null ? resource : target(target);
    }
}
