package io.github.cracpreflight.rehearsal.vm;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the JDK's private parts. Nothing here ever initialises a class: some initialisers open descriptors. */
public final class Internals {
    private static final Map<Class<?>, Map<String, Optional<Field>>> FIELDS = new HashMap<>();
    private static boolean opened;

    private Internals() { }

    public static synchronized void open() {
        if (opened) return;
        Module ours = Vm.class.getModule();
        for (String name : new String[] { "java.base", "java.net.http", "jdk.jfr" })
            ModuleLayer.boot().findModule(name).ifPresent(module -> open(module, ours));
        opened = true;
    }

    private static void open(Module module, Module to) {
        for (String name : module.getPackages())
            if (!name.startsWith("java.lang.invoke") && !name.startsWith("java.lang.reflect")) Vm.openPackage(module, name, to);
    }

    /** The class if this JDK has it, else null. */
    public static Class<?> find(String name) {
        try {
            return Class.forName(name, false, null);
        } catch (ClassNotFoundException absent) {
            return null;
        }
    }

    /** The class if this JDK has it and has used it, else null. */
    public static Class<?> inUse(String name) {
        Class<?> type = find(name);
        return type != null && Vm.isInitialized(type) ? type : null;
    }

    public static Object get(Object object, String field) {
        return object == null ? null : get(object.getClass(), object, field);
    }

    public static Object getStatic(Class<?> type, String field) {
        return get(type, null, field);
    }

    /** Null too where this JDK has no such field: releases differ. */
    private static Object get(Class<?> type, Object object, String name) {
        try {
            Field field = field(type, name);
            return field == null ? null : field.get(object);
        } catch (IllegalAccessException closed) {
            return null;
        }
    }

    /** Fields of the JDK's own classes are remembered: a busy application has very many objects. */
    private static synchronized Field field(Class<?> type, String name) {
        if (type.getClassLoader() != null) return search(type, name);
        Map<String, Optional<Field>> fields = FIELDS.computeIfAbsent(type, t -> new HashMap<>());
        Optional<Field> known = fields.get(name);
        if (known == null) fields.put(name, known = Optional.ofNullable(search(type, name)));
        return known.orElse(null);
    }

    private static Field search(Class<?> type, String name) {
        for (Class<?> c = type; c != null; c = c.getSuperclass())
            try {
                Field field = c.getDeclaredField(name);
                field.setAccessible(true);
                return field;
            } catch (NoSuchFieldException inSuperclass) {
                continue;
            } catch (RuntimeException closed) {
                return null;
            }
        return null;
    }

    public static int getInt(Object object, String field) {
        return get(object, field) instanceof Integer number ? number : -1;
    }

    public static boolean isTrue(Object object, String field) {
        return Boolean.TRUE.equals(get(object, field));
    }

    /** Whether its field {@code state} has the value of that constant of its class. */
    public static boolean isInState(Object object, String constant) {
        Object wanted = getStatic(object.getClass(), constant);
        return wanted != null && wanted.equals(get(object, "state"));
    }

    public static Object call(Class<?> type, String name, Class<?>[] types, Object... arguments) throws ReflectiveOperationException {
        Method method = type.getDeclaredMethod(name, types);
        method.setAccessible(true);
        return method.invoke(null, arguments);
    }

    static void callOn(Class<?> type, Object object, String name) throws ReflectiveOperationException {
        Method method = type.getDeclaredMethod(name);
        method.setAccessible(true);
        method.invoke(object);
    }
}
