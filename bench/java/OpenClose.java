import java.io.FileInputStream;

/** Opens and closes one file as often as its argument says, then waits to be ended. */
public class OpenClose {
    public static void main(String[] args) throws Exception {
        for (int i = Integer.parseInt(args[0]); i > 0; i--) new FileInputStream("/etc/hostname").close();
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
    }
}
