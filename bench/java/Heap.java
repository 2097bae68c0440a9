/** Holds as many live objects as it is told, and a socket where it is told so, too, and prints every moment in which one of its threads could not run. */
public class Heap {
    private static final long SHORTEST_MILLIS = 5;
    private static Object[] held;
    private static java.net.ServerSocket open;

    private record Node(Object next, long value) { }

    public static void main(String[] args) throws Exception {
        held = new Object[Integer.parseInt(args[0])];
        for (int i = 0; i < held.length; i++) held[i] = new Node(i == 0 ? null : held[i - 1], i);
        if (args.length > 1) open = new java.net.ServerSocket(0);
        System.gc();
        System.out.println("READY");
        for (long last = System.nanoTime(); ; ) {
            Thread.sleep(1);
            long now = System.nanoTime(), millis = (now - last) / 1_000_000;
            if (millis >= SHORTEST_MILLIS) System.out.println("gap " + millis);
            last = now;
        }
    }
}
