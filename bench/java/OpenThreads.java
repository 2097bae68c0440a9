import java.io.File;
import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * As many threads as its first argument says, each of which opens and closes a file as often as the second says, without
 * pause, and keeps every thousandth open: a file of its own, `kept-THREAD-NUMBER`, in the folder that is the third.
 */
public class OpenThreads {
    static final List<Object> kept = new ArrayList<>();

    static void keep(File file) throws Exception {
        file.createNewFile();
        Object stream = new FileInputStream(file);
        synchronized (kept) {
            kept.add(stream);
        }
    }

    static void work(int thread, int count, String folder) throws Exception {
        for (int i = 1; i <= count; i++) {
            new FileInputStream("/etc/hostname").close();
            if (i % 1000 == 0) keep(new File(folder, "kept-" + thread + "-" + i));
        }
    }

    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[0]), count = Integer.parseInt(args[1]);
        CountDownLatch ready = new CountDownLatch(threads);
        List<Thread> openers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    ready.countDown();
                    ready.await();
                    work(number, count, args[2]);
                } catch (Exception e) {
                    System.out.println("FAILED " + e);
                }
            }, "opener-" + i);
            thread.start();
            openers.add(thread);
        }
        for (Thread opener : openers) opener.join();
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
    }
}
