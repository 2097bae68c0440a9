import java.io.FileInputStream;
import java.net.ServerSocket;

/** Opens a file and a socket, shows the environment that its children get, then waits for the end of its input. */
public class Boot {
    static FileInputStream file;
    static ServerSocket socket;

    static void openFile() throws Exception {
        file = new FileInputStream("/etc/passwd");
    }

    static void openSocket() throws Exception {
        socket = new ServerSocket(0);
    }

    public static void main(String[] arguments) throws Exception {
        openFile();
        openSocket();
        Process child = new ProcessBuilder("env").start();
        System.out.println(new String(child.getInputStream().readAllBytes()).replaceAll("(?m)^", "CHILD "));
        System.out.println("OWN " + System.getenv("LD_PRELOAD") + " " + System.getenv("BOOTSTACKS_COMMAND"));
        System.out.println("READY " + ProcessHandle.current().pid());
        while (System.in.read() >= 0) {}
    }
}
