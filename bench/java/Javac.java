import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/** Compiles the files behind its first argument into that folder, then waits to be ended. */
public class Javac {
    public static void main(String[] args) throws Exception {
        Files.createDirectories(Path.of(args[0]));
        List<String> options = new ArrayList<>(List.of(args));
        options.add(0, "-d");
        int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new));
        if (failed != 0) throw new IllegalStateException("javac: " + failed);
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
    }
}
