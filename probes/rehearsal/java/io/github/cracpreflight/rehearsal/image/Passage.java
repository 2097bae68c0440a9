package io.github.cracpreflight.rehearsal.image;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the JVM sees of itself on its way through an image. */
public final class Passage {
    private View start;
    private View held;
    private View back;

    /** Before the first beforeCheckpoint. */
    public void starts() {
        start = View.now();
    }

    /** The last moment that is in the image. */
    public void goes() {
        held = View.now();
    }

    /** The first one after it. */
    public void returns() {
        back = View.now();
    }

    /** All of it, when the last afterRestore has run; null where there was no image to wait for. */
    public Map<String, Object> values() {
        if (start == null || held == null || back == null) return null;
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("start", start.values());
        values.put("held", held.values());
        values.put("back", back.values());
        values.put("end", View.now().values());
        values.put("randoms", Randoms.now());
        return values;
    }
}
