/* Comes to hold descriptors in every way that needs no privilege, and says which call made each: one line
 * "TRUTH <fd> <system call> <kinds...>" a descriptor, then "READY <pid of a child>"; ends with its standard input.
 * With an argument N it first opens and closes N files, so that numbers and struct files have many past lives. */
#define _GNU_SOURCE
#include <fcntl.h>
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

static void truth(int fd, const char *what)
{
    if (fd < 0)
        printf("FAILED %s %m\n", what);
    else
        printf("TRUTH %d %s\n", fd, what);
}

static int temporary(void)
{
    static int count;
    char path[64];
    snprintf(path, sizeof path, "t%d", count++);
    return open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
}

static void past_lives(long count)
{
    for (long i = 0; i < count; i++) {
        int fd = open(i % 2 ? "/dev/null" : "/proc/self/exe", O_RDONLY);
        if (i % 100 == 0)
            close(dup(fd));
        close(fd);
    }
}

static void duplicates(void)
{
    int first = temporary();
    truth(first, "openat dup");
    truth(dup(first), "openat dup");
    int over = temporary();
    truth(dup2(first, over), "openat dup");
    truth(fcntl(first, F_DUPFD_CLOEXEC, 100), "openat dup");
    int moved = temporary(), to = dup3(moved, 120, O_CLOEXEC);
    close(moved);
    truth(to, "openat dup");
}

static void pairs(void)
{
    int fds[2];
    if (!pipe2(fds, O_CLOEXEC)) {
        truth(fds[0], "pipe2");
        truth(fds[1], "pipe2");
    }
    if (!socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) {
        truth(fds[0], "socketpair");
        truth(fds[1], "socketpair");
    }
}

static void sockets(void)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "s.sock"}, name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof v4;
    int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    bind(server, (void *)&v4, sizeof v4);
    listen(server, 5);
    getsockname(server, (void *)&v4, &size);
    connect(client, (void *)&v4, sizeof v4);
    printf("PORT %d\n", ntohs(v4.sin_port));
    truth(server, "socket bind=127.0.0.1:0 listen");
    truth(client, "socket connect=127.0.0.1:PORT");
    truth(accept4(server, NULL, NULL, SOCK_CLOEXEC), "accept4");
    int six = socket(AF_INET6, SOCK_DGRAM, 0);
    truth(six, bind(six, (void *)&v6, sizeof v6) ? "socket" : "socket bind=[::1]:0");
    int local = socket(AF_UNIX, SOCK_STREAM, 0), abstract = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(local, (void *)&path, sizeof path);
    truth(local, "socket bind=s.sock");
    int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "holder-%d", getpid());
    bind(abstract, (void *)&name, sizeof name.sun_family + 1 + length);
    printf("TRUTH %d socket bind=@holder-%d\n", abstract, getpid());
}

static void specials(void)
{
    sigset_t none;
    sigemptyset(&none);
    truth(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    truth(eventfd(0, 0), "eventfd2");
    truth(timerfd_create(CLOCK_MONOTONIC, 0), "timerfd_create");
    truth(signalfd(-1, &none, 0), "signalfd4");
    truth(inotify_init1(0), "inotify_init1");
    truth(memfd_create("memory", 0), "memfd_create");
    truth(syscall(SYS_pidfd_open, getpid(), 0), "pidfd_open");
    truth(open(".", O_DIRECTORY | O_RDONLY), "openat");
    truth(open(".", O_TMPFILE | O_RDWR, 0600), "openat");
}

/* A forked child opens a file and passes it: the file's maker is the child. */
static void passed(void)
{
    int pair[2], fd;
    char space[CMSG_SPACE(sizeof fd)] = {0}, byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return;
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        fd = open("passed", O_CREAT | O_RDWR, 0600);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
        sendmsg(pair[1], &message, 0);
        _exit(0);
    }
    recvmsg(pair[0], &message, 0);
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    waitpid(child, NULL, 0);
    printf("TRUTH %d openat tgid=%d\n", fd, child);
    close(pair[0]);
    close(pair[1]);
}

static void *in_thread(void *unused)
{
    (void)unused;
    printf("TRUTH %d openat tid=%d\n", temporary(), gettid());
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int ready[2];
    char byte;
    if (argc > 1)
        past_lives(atol(argv[1]));
    duplicates();
    pairs();
    sockets();
    specials();
    passed();
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);
    fflush(stdout);
    if (pipe2(ready, O_CLOEXEC))
        return 1;
    pid_t child = fork();
    if (!child) {
        open("of-child", O_CREAT | O_RDWR, 0600);
        (void)!write(ready[1], "", 1);
        while (read(STDIN_FILENO, &byte, 1) > 0) {
        }
        _exit(0);
    }
    (void)!read(ready[0], &byte, 1);
    truth(ready[0], "pipe2");
    truth(ready[1], "pipe2");
    printf("READY %d\n", child);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    return 0;
}
