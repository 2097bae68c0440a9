package io.github.cracpreflight.rehearsal.policies;

import io.github.cracpreflight.rehearsal.rules.Generation;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.FileSystems;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Says whether the parameters of a socket policy match one socket (docs/crac/decisions.md 2.4); an address is null where there is none. */
public record SocketMatch(SocketAddress local, SocketAddress remote, boolean listening, Generation generation)
        implements Predicate<Map<String, String>> {

    @Override
    public boolean test(Map<String, String> parameters) {
        String wanted = generation == Generation.V25 ? parameters.get("listening") : null;
        return matches(parameters, local, "local") && matches(parameters, remote, "remote")
            && (wanted == null || Boolean.parseBoolean(wanted) == listening);
    }

    private static boolean matches(Map<String, String> parameters, SocketAddress address, String side) {
        String family = parameters.get("family");
        if (family != null && address != null && !isOf(address, family)) return false;
        String host = parameters.get(side + "Address"), port = parameters.get(side + "Port"), path = parameters.get(side + "Path");
        if (host != null || port != null) return address instanceof InetSocketAddress inet && hostMatches(host, inet) && portMatches(port, inet);
        if (path == null) return true;
        return address instanceof UnixDomainSocketAddress unix
            && FileSystems.getDefault().getPathMatcher("glob:" + path).matches(unix.getPath());
    }

    private static boolean isOf(SocketAddress address, String family) {
        InetAddress inet = address instanceof InetSocketAddress a ? a.getAddress() : null;
        return switch (family.toLowerCase(Locale.ROOT)) {
            case "ipv6", "inet6" -> inet instanceof Inet6Address;
            case "ipv4", "inet4" -> inet instanceof Inet4Address;
            case "ip", "inet" -> address instanceof InetSocketAddress;
            case "unix" -> address instanceof UnixDomainSocketAddress;
            default -> throw new IllegalArgumentException("Unknown family: " + family);
        };
    }

    private static boolean hostMatches(String host, InetSocketAddress address) {
        if (host == null || host.equals("*")) return true;
        try {
            return InetAddress.getByName(host).equals(address.getAddress());
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    private static boolean portMatches(String port, InetSocketAddress address) {
        return port == null || port.equals("*") || Integer.parseInt(port) == address.getPort();
    }
}
