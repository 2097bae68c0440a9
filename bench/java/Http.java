import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Executors;

/** Serves itself as many requests as its argument says, each over a connection of its own, then waits to be ended. */
public class Http {
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes();

    public static void main(String[] args) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(2));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes());
            exchange.close();
        });
        server.start();
        for (int i = Integer.parseInt(args[0]); i > 0; i--)
            try (Socket socket = new Socket(server.getAddress().getAddress(), server.getAddress().getPort())) {
                socket.getOutputStream().write(REQUEST);
                socket.getInputStream().readAllBytes();
            }
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
    }
}
