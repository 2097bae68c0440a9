package io.github.cracpreflight.rehearsal.vm;

import java.net.URL;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BiFunction;

/** Does to the cache of {@code jar:} URLs what CRaC does: forget every jar that nobody else uses (docs/crac/decisions.md 1.3). */
public final class JarCache {
    private final Map<Object, URL> survivors;
    private final Map<URL, String> keys;

    private JarCache(Map<Object, URL> survivors, Map<URL, String> keys) {
        this.survivors = survivors;
        this.keys = keys;
    }

    /** Lets go of every jar, so that the next garbage collection closes those that nobody else uses. */
    public static JarCache forget() {
        return withMaps((files, urls) -> {
            JarCache forgotten = new JarCache(new WeakHashMap<>(urls), keysByUrl(files, urls));
            files.clear();
            urls.clear();
            return forgotten;
        });
    }

    /** To be called after the collection. What has been opened meanwhile stays. */
    public static void remember(JarCache forgotten) {
        if (forgotten == null) return;
        withMaps((files, urls) -> {
            for (Map.Entry<Object, URL> survivor : forgotten.survivors.entrySet()) {
                urls.putIfAbsent(survivor.getKey(), survivor.getValue());
                String key = forgotten.keys.get(survivor.getValue());
                if (key != null) files.putIfAbsent(key, survivor.getKey());
            }
            return null;
        });
    }

    @SuppressWarnings("unchecked")
    private static JarCache withMaps(BiFunction<Map<String, Object>, Map<Object, URL>, JarCache> work) {
        Class<?> factory = Internals.inUse("sun.net.www.protocol.jar.JarFileFactory");
        if (factory == null) return null;
        Object lock = Internals.getStatic(factory, "instance");
        Object files = Internals.getStatic(factory, "fileCache"), urls = Internals.getStatic(factory, "urlCache");
        if (lock == null || !(files instanceof Map) || !(urls instanceof Map)) return null;
        synchronized (lock) {
            return work.apply((Map<String, Object>) files, (Map<Object, URL>) urls);
        }
    }

    private static Map<URL, String> keysByUrl(Map<String, Object> files, Map<Object, URL> urls) {
        Map<URL, String> keys = new IdentityHashMap<>();
        for (Map.Entry<String, Object> file : files.entrySet()) keys.put(urls.get(file.getValue()), file.getKey());
        return keys;
    }
}
