/* The functions of libc through which a program comes to hold a descriptor, and what is done around each. */
#define _GNU_SOURCE
#include "hooks/hooks.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* musl's headers make one name of two. */
#undef open64
#undef openat64
#undef creat64
#undef mkstemp64
#undef mkostemp64
#undef mkstemps64
#undef mkostemps64
#undef fopen64
#undef freopen64
#undef tmpfile64
#undef fcntl64

#define OPENS(function, system_call)                        \
    HOOK(int, function, system_call)                        \
    {                                                       \
        int fd = CALL(function);                            \
        if (fd >= 0)                                        \
            record_open(fd, &row_##function, NULL, CALLER); \
        return fd;                                          \
    }
#define OPENS_PAIR(function, system_call, pair)                             \
    HOOK(int, function, system_call)                                        \
    {                                                                       \
        int result = CALL(function);                                        \
        for (int i = 0; result == 0 && i < 2; i++)                          \
            record_open(((int *)(pair))[i], &row_##function, NULL, CALLER); \
        return result;                                                      \
    }
#define OPENS_STREAM(function, system_call)                             \
    HOOK(FILE *, function, system_call)                                 \
    {                                                                   \
        FILE *stream = CALL(function);                                  \
        if (stream)                                                     \
            record_open(fileno(stream), &row_##function, NULL, CALLER); \
        return stream;                                                  \
    }
#define DUPLICATES(function, system_call, is_dup)       \
    HOOK(int, function, system_call)                    \
    {                                                   \
        int fd = CALL(function);                        \
        if (fd >= 0 && (is_dup))                        \
            record_dup(a, fd, &row_##function, CALLER); \
        return fd;                                      \
    }
#define NOTES(function, kind)                               \
    HOOK(int, function, #function)                          \
    {                                                       \
        int result = CALL(function);                        \
        if (result == 0)                                    \
            record_event(a, kind, &row_##function, CALLER); \
        return result;                                      \
    }
#define CLOSES(function, system_call, fd) \
    HOOK(int, function, system_call)      \
    {                                     \
        record_close(fd);                 \
        return CALL(function);            \
    }

/* From here on a table of functions that macros make, which the formatter takes for statements. */
/* clang-format off */
OPENS(open, "openat") OPENS(open64, "openat") OPENS(openat, "openat") OPENS(openat64, "openat")
OPENS(__open_2, "openat") OPENS(__open64_2, "openat") OPENS(__openat_2, "openat") OPENS(__openat64_2, "openat")
OPENS(creat, "creat") OPENS(creat64, "creat") OPENS(open_by_handle_at, "open_by_handle_at")
OPENS(mkstemp, "openat") OPENS(mkstemp64, "openat") OPENS(mkostemp, "openat") OPENS(mkostemp64, "openat")
OPENS(mkstemps, "openat") OPENS(mkstemps64, "openat") OPENS(mkostemps, "openat") OPENS(mkostemps64, "openat")
OPENS(shm_open, "openat") OPENS(posix_openpt, "openat") OPENS(getpt, "openat") OPENS(memfd_create, "memfd_create")
OPENS(socket, "socket") OPENS(accept, "accept") OPENS(accept4, "accept4")
OPENS(epoll_create, "epoll_create") OPENS(epoll_create1, "epoll_create1") OPENS(eventfd, "eventfd2")
OPENS(timerfd_create, "timerfd_create") OPENS(inotify_init, "inotify_init") OPENS(inotify_init1, "inotify_init1")
OPENS(pidfd_open, "pidfd_open") OPENS(pidfd_getfd, "pidfd_getfd") OPENS(fanotify_init, "fanotify_init")
OPENS(fsopen, "fsopen") OPENS(fsmount, "fsmount") OPENS(fspick, "fspick") OPENS(open_tree, "open_tree")
OPENS_PAIR(pipe, "pipe", a) OPENS_PAIR(pipe2, "pipe2", a) OPENS_PAIR(socketpair, "socketpair", d)
OPENS_STREAM(fopen, "openat") OPENS_STREAM(fopen64, "openat") OPENS_STREAM(freopen, "openat")
OPENS_STREAM(freopen64, "openat") OPENS_STREAM(tmpfile, "openat") OPENS_STREAM(tmpfile64, "openat")
OPENS_STREAM(popen, "pipe2")
DUPLICATES(dup, "dup", true) DUPLICATES(dup2, "dup2", true) DUPLICATES(dup3, "dup3", true)
#define IS_DUPFD ((int)b == F_DUPFD || (int)b == F_DUPFD_CLOEXEC)
DUPLICATES(fcntl, "fcntl", IS_DUPFD) DUPLICATES(fcntl64, "fcntl", IS_DUPFD)
NOTES(bind, K_BIND)
/* Closing clears records. Without it, what libc opens by itself under the same number would have the old one's origin. */
CLOSES(close, "close", a) CLOSES(fclose, "close", fileno((FILE *)a)) CLOSES(pclose, "close", fileno((FILE *)a))
CLOSES(closedir, "close", dirfd((DIR *)a))

/* Given an fd of -1 it makes one; else it changes the set of the one that is there. */
HOOK(int, signalfd, "signalfd4")
{
    int fd = CALL(signalfd);
    if (fd >= 0 && (int)a < 0)
        record_open(fd, &row_signalfd, NULL, CALLER);
    return fd;
}

/* Recorded before the call: it may block, and the other end may be closed by the time it returns. One that is only under
 * way (EINPROGRESS) counts, too. */
HOOK(int, connect, "connect")
{
    record_event(a, K_CONNECT, &row_connect, CALLER);
    return CALL(connect);
}

HOOK(int, listen, "listen")
{
    int result = CALL(listen);
    if (result == 0) {
        record_event(a, K_LISTEN, &row_listen, CALLER);
        record_asker(a);
    }
    return result;
}

HOOK(DIR *, opendir, "openat")
{
    DIR *folder = CALL(opendir);
    if (folder)
        record_open(dirfd(folder), &row_opendir, NULL, CALLER);
    return folder;
}

HOOK(int, close_range, "close_range")
{
    if (!((int)c & 4 /* CLOSE_RANGE_CLOEXEC */))
        record_close_range(a, b);
    return CALL(close_range);
}

static void record_rights(struct msghdr *message, const struct hook *hook, uintptr_t caller)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
            for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= part->cmsg_len; i++)
                record_open(((int *)CMSG_DATA(part))[i], hook, NULL, caller);
}

HOOK(ssize_t, recvmsg, "recvmsg")
{
    ssize_t result = CALL(recvmsg);
    if (result >= 0 && ((struct msghdr *)b)->msg_controllen)
        record_rights((struct msghdr *)b, &row_recvmsg, CALLER);
    return result;
}

HOOK(int, recvmmsg, "recvmmsg")
{
    int result = CALL(recvmmsg);
    for (int i = 0; i < result; i++)
        record_rights(&((struct mmsghdr *)b)[i].msg_hdr, &row_recvmmsg, CALLER);
    return result;
}
