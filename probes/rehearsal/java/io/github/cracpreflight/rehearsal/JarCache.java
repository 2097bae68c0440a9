package io.github.cracpreflight.rehearsal;

import java.net.URL;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.WeakHashMap;

/** Does to the cache of {@code jar:} URLs what CRaC does: forget every jar that nobody else uses (rehearsal-rules.md: JarUrl). */
final class JarCache {
    private JarCache() { }

    @SuppressWarnings("unchecked")
    static void dropUnused() {
        Class<?> factory = Internals.inUse("sun.net.www.protocol.jar.JarFileFactory");
        if (factory == null) return;
        Object lock = Internals.getStatic(factory, "instance");
        Object files = Internals.getStatic(factory, "fileCache"), urls = Internals.getStatic(factory, "urlCache");
        if (lock == null || !(files instanceof Map) || !(urls instanceof Map)) return;
        synchronized (lock) {
            drop((Map<String, Object>) files, (Map<Object, URL>) urls);
        }
    }

    private static void drop(Map<String, Object> files, Map<Object, URL> urls) {
        Map<Object, URL> survivors = new WeakHashMap<>(urls);
        Map<URL, String> keys = keysByUrl(files, urls);
        files.clear();
        urls.clear();
        Vm.collectGarbage();
        restore(survivors, keys, files, urls);
    }

    /** In a frame of its own: a dead local in the caller's would keep a jar alive through the collection. */
    private static Map<URL, String> keysByUrl(Map<String, Object> files, Map<Object, URL> urls) {
        Map<URL, String> keys = new IdentityHashMap<>();
        for (Map.Entry<String, Object> file : files.entrySet()) keys.put(urls.get(file.getValue()), file.getKey());
        return keys;
    }

    private static void restore(Map<Object, URL> survivors, Map<URL, String> keys, Map<String, Object> files, Map<Object, URL> urls) {
        for (Map.Entry<Object, URL> survivor : survivors.entrySet()) {
            urls.put(survivor.getKey(), survivor.getValue());
            String key = keys.get(survivor.getValue());
            if (key != null) files.put(key, survivor.getKey());
        }
    }
}
