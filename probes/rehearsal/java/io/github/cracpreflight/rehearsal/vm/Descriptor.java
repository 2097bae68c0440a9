package io.github.cracpreflight.rehearsal.vm;

/**
 * One open descriptor of this process, as the kernel describes it.
 * @param local raw socket address in hex, empty where there is none
 */
public record Descriptor(int fd, int mode, long device, long inode, String link, int family, int socketType, boolean listening,
                  boolean peerGone, int port, String local, String remote) {
    public static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    public boolean isSocket() {
        return type().equals("socket");
    }

    public boolean isUnix() {
        return isSocket() && family == AF_UNIX;
    }

    public boolean isDatagram() {
        return isSocket() && socketType == SOCK_DGRAM;
    }

    public boolean same(Descriptor other) {
        return other != null && device == other.device && inode == other.inode;
    }

    /** The word that a CRaC JDK prints for this type of file (docs/crac/decisions.md 2.1). */
    public String type() {
        return switch (mode & 0170000) {
            case 0140000 -> "socket";
            case 0120000 -> "symlink";
            case 0100000 -> "regular";
            case 0060000 -> "block";
            case 0040000 -> "directory";
            case 0020000 -> "character";
            case 0010000 -> "fifo";
            default -> "unknown";
        };
    }

    /** What FileDescriptor says of itself in a CRaC JDK (docs/crac/decisions.md 3.2). */
    public String description() {
        if (!isSocket()) return type() + ": " + link;
        String familyName = switch (family) {
            case AF_UNIX -> "AF_UNIX";
            case 2 -> "AF_INET";
            case 10 -> "AF_INET6";
            default -> "UNKNOWN";
        };
        String typeName = switch (socketType) {
            case 1 -> "SOCK_STREAM";
            case SOCK_DGRAM -> "SOCK_DGRAM";
            default -> "SOCK_RAW";
        };
        return "socket: family=" + familyName + " type=" + typeName + " localaddr=" + local + " remoteaddr=" + remote;
    }

    /** What the native scan says (docs/crac/decisions.md 3.2). */
    public String scanned() {
        return "FD fd=" + fd + " type=" + type() + " path=" + link + (isSocket() ? ",port=" + port : "");
    }

    /** The path of a unix socket, empty for any other. */
    public String socketPath() {
        return family == AF_UNIX ? path(local) : "";
    }

    /** The path of the unix socket at the other end, empty where there is none. */
    public String peerPath() {
        return family == AF_UNIX ? path(remote) : "";
    }

    private static String path(String address) {
        StringBuilder path = new StringBuilder();
        for (int i = 4; i + 1 < address.length(); i += 2) {
            char c = (char) Integer.parseInt(address.substring(i, i + 2), 16);
            if (c != 0) path.append(c);
        }
        return path.toString();
    }
}
