import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.List;

/** Opens one file as often as its argument says and keeps all of it, then waits to be ended. */
public class Kept {
    private static final List<FileInputStream> KEPT = new ArrayList<>();

    static void open() throws Exception {
        KEPT.add(new FileInputStream("/etc/hostname"));
    }

    public static void main(String[] args) throws Exception {
        for (int i = Integer.parseInt(args[0]); i > 0; i--) open();
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
    }
}
