package io.github.cracpreflight.rehearsal;

import io.github.cracpreflight.rehearsal.answer.Result;
import io.github.cracpreflight.rehearsal.notify.UserContext;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.vm.Options;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A request that came over the attach connection. Callbacks run on a thread of their own, so that one that never returns can
 * be reported with its stack, and so that the JVM's attach listener stays free.
 */
final class Request {
    private static final int DONE = 0, BAD_REQUEST = 1, UNWRITABLE = 2, ERROR = -1;
    /** A rehearsal that is held while the harness makes an image of the JVM, and brings it back from it. */
    private static final String RESTORE = "restore";

    private Request() { }

    /** Called by the native half; the code goes back to the requester. */
    static int handle(byte[] text) {
        Options options;
        try {
            options = Options.parse(text);
            Generation.of(options.version());
        } catch (IllegalArgumentException e) {
            System.err.println("crac-preflight: " + e.getMessage());
            return BAD_REQUEST;
        }
        if (options.out() == null) return BAD_REQUEST;
        switch (options.word()) {
            case "rehearse":
                return write(options) ? DONE : UNWRITABLE;
            // An image is made meanwhile, and no image can hold a connection to the requester.
            case RESTORE:
                Thread aside = new Thread(() -> write(options), "crac-preflight request");
                aside.setDaemon(true);
                aside.start();
                return DONE;
            default:
                return BAD_REQUEST;
        }
    }

    private static boolean write(Options options) {
        try {
            answer(options).write(new File(options.out()));
            return true;
        } catch (IOException | RuntimeException e) {
            System.err.println("crac-preflight: can't write the result of the rehearsal: " + e);
            return false;
        }
    }

    /**
     * JDK.checkpoint as the native half answers it to jcmd: the attach protocol's code on the first line, the text after it. Like a
     * CRaC JDK it tells the application, not jcmd, of an afterRestore that fails.
     */
    static byte[] checkpoint(byte[] arguments) {
        String answer = ERROR + "\njava.lang.IllegalArgumentException: The argument list of this diagnostic command should be empty.\n";
        if (new String(arguments, StandardCharsets.UTF_8).isBlank()) {
            Result result = answer(Options.atStart());
            System.err.print(result.appOutput());
            answer = (result.exit() == 0 ? 0 : ERROR) + "\n" + result.outputOfCommand();
        }
        return answer.getBytes(StandardCharsets.UTF_8);
    }

    private static Result answer(Options options) {
        String version = options.version();
        if (!Rehearsal.isIdle()) return Result.failed(version, "Another rehearsal is still running" + whereabouts() + ".", false);
        Worker worker = new Worker(options);
        worker.start();
        try {
            worker.join(options);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Result result = worker.result;
        if (result != null) return result;
        StringBuilder why = new StringBuilder("The rehearsal did not end within ").append(options.timeoutMillis()).append(" ms")
            .append(whereabouts()).append(".\n");
        for (StackTraceElement frame : worker.getStackTrace()) why.append("\tat ").append(frame).append('\n');
        return Result.failed(version, why.toString(), true);
    }

    private static String whereabouts() {
        String running = UserContext.INSTANCE.running();
        return running == null ? "" : ": " + running + " has not returned";
    }

    private static final class Worker extends Thread {
        private final Generation generation;
        private final HarnessRendezvous rendezvous;
        private volatile Result result;
        private static final long HELD_MILLIS = 50;

        Worker(Options options) {
            super("crac-preflight rehearsal");
            setDaemon(true);
            generation = Generation.of(options.version());
            rendezvous = rendezvousOf(options);
        }

        private static HarnessRendezvous rendezvousOf(Options options) {
            if (options.rendezvous() == null) return null;
            File file = new File(options.rendezvous());
            return options.word().equals(RESTORE)
                ? HarnessRendezvous.forImage(file, options.timeoutMillis())
                : HarnessRendezvous.toLook(file);
        }

        /**
         * The time in which the harness is waited for is not the rehearsal's: nobody knows how old an image is when it is
         * restored.
         */
        void join(Options options) throws InterruptedException {
            for (long begin = System.nanoTime(); isAlive(); ) {
                long held = rendezvous == null ? 0 : rendezvous.waitedMillis();
                boolean waits = rendezvous != null && rendezvous.waits();
                long left = options.timeoutMillis() + held - (System.nanoTime() - begin) / 1_000_000;
                if (!waits && left <= 0) return;
                join(waits ? HELD_MILLIS : left);
            }
        }

        @Override
        public void run() {
            Rehearsal rehearsal = new Rehearsal(generation, rendezvous);
            try {
                rehearsal.run();
                result = Result.of(rehearsal.answer());
            } catch (Throwable e) {
                result = broken(e);
            }
        }

        private Result broken(Throwable e) {
            StringBuilder why = new StringBuilder("The rehearsal failed: ").append(e).append('\n');
            for (StackTraceElement frame : e.getStackTrace()) why.append("\tat ").append(frame).append('\n');
            return Result.failed(generation.version, why.toString(), false);
        }
    }
}
