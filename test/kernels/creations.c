/* Makes a descriptor by each way that it knows and says so: "KEPT <fd> <system call> <kinds of records>", then READY. At
 * the first line of its input THREADS threads open and close a file EACH times, and it says "STORM <number>"; it ends with
 * its input. Linked statically, it opens nothing that it does not tell of. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "rings.h"

enum { THREADS = 16, EACH = 1250 };

static int kept(int fd, const char *call, const char *kinds)
{
    if (fd < 0) {
        printf("FAILED %s %m\n", call);
        exit(1);
    }
    printf("KEPT %d %s %s\n", fd, call, kinds);
    return fd;
}

static void check(int result, const char *what)
{
    if (result < 0) {
        printf("FAILED %s %m\n", what);
        exit(1);
    }
}

/* Some kernels are built without it, or forbid it. */
static void kept_if_there(int fd, const char *call)
{
    if (fd >= 0)
        kept(fd, call, "open");
}

static void files(int count, char **paths)
{
    struct {
        unsigned long long flags, mode, resolve;
    } how = {.flags = O_RDONLY | O_CLOEXEC};
    kept(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC), "openat", "open");
#ifdef SYS_open
    kept(syscall(SYS_open, "/proc/self/status", O_RDONLY | O_CLOEXEC), "open", "open");
    kept(syscall(SYS_creat, "/dev/shm/created", 0600), "creat", "open");
#endif
    kept(syscall(SYS_openat2, AT_FDCWD, "/dev/zero", &how, sizeof how), "openat2", "open");
    kept(syscall(SYS_openat, AT_FDCWD, "/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), "openat", "open");
    kept(syscall(SYS_openat, AT_FDCWD, "/proc", O_DIRECTORY | O_RDONLY | O_CLOEXEC), "openat", "open");
    for (int i = 0; i < count; i++)
        kept(syscall(SYS_openat, AT_FDCWD, paths[i], O_RDONLY | O_CLOEXEC), "openat", "open");
}

static void anonymous(void)
{
    int ends[2];
    sigset_t none;
    struct perf_event_attr clock = {.type = PERF_TYPE_SOFTWARE, .size = sizeof clock, .config = PERF_COUNT_SW_CPU_CLOCK};
    char ring[120] = {0};
    sigemptyset(&none);
    check(pipe2(ends, O_CLOEXEC), "pipe2");
    kept(ends[0], "pipe2", "open");
    kept(ends[1], "pipe2", "open");
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
    kept(ends[0], "socketpair", "open");
    kept(ends[1], "socketpair", "open");
    kept(eventfd(0, EFD_CLOEXEC), "eventfd2", "open");
    kept(epoll_create1(EPOLL_CLOEXEC), "epoll_create1", "open");
    kept(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), "timerfd_create", "open");
    kept(signalfd(-1, &none, SFD_CLOEXEC), "signalfd4", "open");
    kept(inotify_init1(IN_CLOEXEC), "inotify_init1", "open");
    kept(memfd_create("creations", MFD_CLOEXEC), "memfd_create", "open");
    kept(syscall(SYS_pidfd_open, getpid(), 0), "pidfd_open", "open");
    kept_if_there(syscall(SYS_io_uring_setup, 1, ring), "io_uring_setup");
    kept_if_there(syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd");
    kept_if_there(syscall(SYS_perf_event_open, &clock, 0, -1, -1, 8), "perf_event_open");
}

static void duplicates(void)
{
    int fd = kept(eventfd(0, EFD_CLOEXEC), "eventfd2", "open,dup");
    kept(dup(fd), "eventfd2", "open,dup");
    kept(syscall(SYS_dup3, fd, 200, O_CLOEXEC), "eventfd2", "open,dup");
    kept(fcntl(fd, F_DUPFD_CLOEXEC, 0), "eventfd2", "open,dup");
    kept(fcntl(fd, F_DUPFD, 300), "eventfd2", "open,dup");
#ifdef SYS_dup2
    kept(syscall(SYS_dup2, fd, 201), "eventfd2", "open,dup");
    fd = kept(eventfd(0, EFD_CLOEXEC), "eventfd2", "open");
    kept(syscall(SYS_dup2, fd, fd), "eventfd2", "open");
#endif
}

/* None of these makes a record: what they try fails, or makes no file of its own. */
static void in_vain(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/dev/shm/nobody-listens"};
    int client = kept(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket", "open");
    int other = kept(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket", "open");
    for (int i = 0; i < 20; i++)
        open("/dev/shm/no-such-file", O_RDONLY | O_CLOEXEC);
    if (!connect(client, (struct sockaddr *)&at, sizeof at) || !listen(other, 1) || !bind(-1, NULL, 0))
        printf("FAILED to fail\n");
    dup3(client, -1, O_CLOEXEC);
    fcntl(client, F_DUPFD, 1 << 30);
}

/* The file of another number, fetched through the process; a range that is closed frees its addresses for others. */
static void fetched(void)
{
    int self = kept(syscall(SYS_pidfd_open, getpid(), 0), "pidfd_open", "open");
    int fd = kept(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), "timerfd_create", "open");
    kept_if_there(syscall(SYS_pidfd_getfd, self, fd, 0), "timerfd_create");
    int spare = kept(eventfd(0, EFD_CLOEXEC), "eventfd2", "open,dup");
    for (int i = 0; i < 20; i++)
        if (dup3(spare, 1000 + i, O_CLOEXEC) < 0)
            printf("FAILED dup3 %m\n");
    syscall(SYS_close_range, 1000, 1019, 0);
    for (int i = 0; i < 20; i++)
        kept(eventfd(0, EFD_CLOEXEC), "eventfd2", "open");
}

static void by_ring(void)
{
    int fds[2];
    ring_open(fds);
    kept_if_there(fds[0], "io_uring_enter");
    kept_if_there(fds[1], "io_uring_enter");
}

static void sockets(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(bind(listener, (struct sockaddr *)&at, sizeof at), "bind");
    check(listen(listener, 1), "listen");
    check(getsockname(listener, (struct sockaddr *)&at, &size), "getsockname");
    check(connect(client, (struct sockaddr *)&at, size), "connect");
    kept(listener, "socket", "open,bind,listen");
    kept(client, "socket", "open,connect");
    kept(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept4", "open");
    kept(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket", "open");
}

static void *in_a_thread(void *fd)
{
    *(int *)fd = eventfd(0, EFD_CLOEXEC);
    return NULL;
}

/* What a child has made, sent over a socket: the record is the child's. */
static int from_a_child(void)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int ends[2], fd = -1;
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
    int child = fork();
    check(child, "fork");
    if (!child) {
        fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
        control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
        _exit(sendmsg(ends[1], &message, 0) != 1);
    }
    check(recvmsg(ends[0], &message, MSG_CMSG_CLOEXEC), "recvmsg");
    memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    return fd;
}

static void *storm(void *made)
{
    for (int i = 0; i < EACH; i++) {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        ++*(int *)made;
        close(fd);
    }
    return NULL;
}

static int wait_for_a_line(void)
{
    char byte;
    ssize_t got;
    fflush(stdout);
    while ((got = read(STDIN_FILENO, &byte, 1)) > 0 && byte != '\n')
        ;
    return got > 0;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int made[THREADS] = {0}, total = 0, fd = -1;
    if (!wait_for_a_line())
        return 1;
    files(argc - 1, argv + 1);
    anonymous();
    duplicates();
    sockets();
    in_vain();
    fetched();
    by_ring();
    check(pthread_create(&threads[0], NULL, in_a_thread, &fd), "pthread_create");
    pthread_join(threads[0], NULL);
    kept(fd, "eventfd2", "open");
    kept(from_a_child(), "timerfd_create", "open");
    printf("READY\n");
    if (!wait_for_a_line())
        return 1;
    for (int i = 0; i < THREADS; i++)
        check(pthread_create(&threads[i], NULL, storm, &made[i]), "pthread_create");
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        total += made[i];
    }
    printf("STORM %d\n", total);
    wait_for_a_line();
    return 0;
}
