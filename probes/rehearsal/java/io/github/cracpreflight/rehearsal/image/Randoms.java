package io.github.cracpreflight.rehearsal.image;

import io.github.cracpreflight.rehearsal.vm.Internals;
import io.github.cracpreflight.rehearsal.vm.Vm;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Live generators of random numbers, each with a digest of its state: where that is the same in two restores, so is what they
 * give next. Their numbers are never drawn. What takes its numbers from the system has no state of its own.
 */
final class Randoms {
    private Randoms() { }

    static List<Object> now() {
        Map<Object, String> states = new IdentityHashMap<>();
        for (Object generator : Vm.instances(Random.class, SplittableRandom.class)) {
            String state = stateOf(generator);
            if (state != null) states.put(generator, state);
        }
        Map<Object, String> holders = states.isEmpty() ? Map.of() : holdersOf(states);
        List<Object> rows = new ArrayList<>();
        states.forEach((generator, state) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("type", typeOf(generator));
            row.put("holder", holders.get(generator));
            row.put("state", state);
            rows.add(row);
        });
        return rows;
    }

    private static String typeOf(Object generator) {
        String algorithm = generator instanceof SecureRandom secure ? " (" + secure.getAlgorithm() + ")" : "";
        return generator.getClass().getName() + algorithm;
    }

    private static String stateOf(Object generator) {
        if (generator instanceof ThreadLocalRandom) return null;
        if (!(generator instanceof SecureRandom)) return digest(Internals.get(generator, "seed"));
        Object spi = Internals.get(generator, "secureRandomSpi");
        if (spi == null) return null;
        switch (spi.getClass().getName()) {
            case "sun.security.provider.SecureRandom":
                return digest(Internals.get(spi, "state"));
            case "sun.security.provider.DRBG":
                return digest(Internals.get(Internals.get(spi, "impl"), "v"));
            default:
                return null;
        }
    }

    private static String digest(Object state) {
        if (state instanceof AtomicLong seed) return Long.toHexString(seed.get() * 0x9E3779B97F4A7C15L);
        if (state instanceof Long seed) return Long.toHexString(seed * 0x9E3779B97F4A7C15L);
        return state instanceof byte[] bytes ? Integer.toHexString(Arrays.hashCode(bytes)) : null;
    }

    /** Static fields of the app's classes that hold one of them. Nothing is loaded or initialised for it. */
    private static Map<Object, String> holdersOf(Map<Object, String> generators) {
        Map<Object, String> holders = new IdentityHashMap<>();
        for (Class<?> type : Vm.loaded("")) {
            if (type.getClassLoader() == null || type.isInterface() || type.isArray() || !Vm.isInitialized(type)) continue;
            for (Field field : fieldsOf(type)) {
                if (!Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) continue;
                Object value = field.getType().isAssignableFrom(Random.class) || isGenerator(field.getType())
                    ? Internals.getStatic(type, field.getName()) : null;
                if (value != null && generators.containsKey(value)) holders.putIfAbsent(value, type.getName() + "." + field.getName());
            }
        }
        return holders;
    }

    private static boolean isGenerator(Class<?> type) {
        return Random.class.isAssignableFrom(type) || type == SplittableRandom.class;
    }

    private static Field[] fieldsOf(Class<?> type) {
        try {
            return type.getDeclaredFields();
        } catch (LinkageError unresolved) {
            return new Field[0];
        }
    }
}
