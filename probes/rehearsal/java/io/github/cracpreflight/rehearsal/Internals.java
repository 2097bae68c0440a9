package io.github.cracpreflight.rehearsal;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

/** Reads the JDK's private parts. Nothing here ever initialises a class: some initialisers open descriptors. */
final class Internals {
    private static boolean opened;

    private Internals() { }

    static synchronized void open() {
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
    static Class<?> find(String name) {
        try {
            return Class.forName(name, false, null);
        } catch (ClassNotFoundException absent) {
            return null;
        }
    }

    /** The class if this JDK has it and has used it, else null. */
    static Class<?> inUse(String name) {
        Class<?> type = find(name);
        return type != null && Vm.isInitialized(type) ? type : null;
    }

    static Object get(Object object, String field) {
        return object == null ? null : get(object.getClass(), object, field);
    }

    static Object getStatic(Class<?> type, String field) {
        return get(type, null, field);
    }

    /** Null too where this JDK has no such field: releases differ. */
    private static Object get(Class<?> type, Object object, String name) {
        for (Class<?> c = type; c != null; c = c.getSuperclass())
            try {
                Field field = c.getDeclaredField(name);
                field.setAccessible(true);
                return field.get(object);
            } catch (NoSuchFieldException inSuperclass) {
                continue;
            } catch (IllegalAccessException | RuntimeException closed) {
                return null;
            }
        return null;
    }

    static int getInt(Object object, String field) {
        return get(object, field) instanceof Integer number ? number : -1;
    }

    static boolean isTrue(Object object, String field) {
        return Boolean.TRUE.equals(get(object, field));
    }

    static Object call(Class<?> type, String name, Class<?>[] types, Object... arguments) throws ReflectiveOperationException {
        Method method = type.getDeclaredMethod(name, types);
        method.setAccessible(true);
        return method.invoke(null, arguments);
    }
}
