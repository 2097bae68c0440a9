#define _GNU_SOURCE
#include "listener.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { OF_OTHERS = 066 };

static int fail(int error)
{
    errno = error;
    return -1;
}

/* The kernel keeps who has called listen. */
static int is_listener(int connection, pid_t pid, uid_t uid)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size))
        return -1;
    return peer.pid == pid && peer.uid == uid ? 0 : fail(EPERM);
}

int connect_to_listener(int place, pid_t pid, uid_t uid)
{
    struct stat status;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (fstat(place, &status))
        return -1;
    if (!S_ISSOCK(status.st_mode))
        return fail(ENOTSOCK);
    if (status.st_uid != uid || status.st_mode & OF_OTHERS)
        return fail(EPERM);
    /* Any length of path, and no other socket than the one that was just looked at. */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", place);
    /* A listener whose queue is full must not hold up everybody else. */
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection < 0)
        return -1;
    if (connect(connection, (struct sockaddr *)&address, sizeof address) || is_listener(connection, pid, uid)) {
        int error = errno;
        close(connection);
        return fail(error);
    }
    fcntl(connection, F_SETFL, 0);
    return connection;
}
