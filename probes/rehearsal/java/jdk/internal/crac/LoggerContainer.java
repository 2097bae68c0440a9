package jdk.internal.crac;

import java.lang.System.Logger.Level;

/** Logs as a CRaC JDK does, from the class whose name its log lines show (docs/crac/decisions.md 3.5). */
public final class LoggerContainer {
    private LoggerContainer() { }

    public static void info(String message) {
        System.getLogger("jdk.crac").log(Level.INFO, message);
    }

    public static void warn(String message) {
        System.getLogger("jdk.crac").log(Level.WARNING, message);
    }
}
