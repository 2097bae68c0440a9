/* Creates COUNT descriptors and more, and keeps ten of them: five while most of the others come and go, and five while
 * 96,000 are open in its children, after 60,000 others with four records each were. So more records die than a map
 * can hold, at more addresses than are used again. Says "KEPT <fd>" for each, then READY; ends with its standard input. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEPT = 10, EACH = 12000 };

static int plain(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int with_four_records(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof name;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bind(fd, (struct sockaddr *)&name, sizeof name.sun_family);
    getsockname(fd, (struct sockaddr *)&name, &size);
    connect(fd, (struct sockaddr *)&name, size);
    close(dup(fd));
    return fd;
}

static void check(int result, const char *what)
{
    if (result < 0) {
        printf("FAILED %s %m\n", what);
        exit(1);
    }
}

/* Children that hold EACH descriptors until `crowd_leaves`. */
static int entrance[2], leave[2];

static void crowd_comes(int children, int (*create)(void))
{
    char word = 0;
    check(pipe2(entrance, O_CLOEXEC), "pipe");
    check(pipe2(leave, O_CLOEXEC), "pipe");
    for (int i = 0; i < children; i++) {
        int child = fork();
        check(child, "fork");
        if (child)
            continue;
        close(leave[1]);
        for (int n = 0; n < EACH; n++)
            check(create(), "create");
        check(write(entrance[1], &word, 1), "write");
        _exit(read(leave[0], &word, 1));
    }
    for (int i = 0; i < children; i++)
        check(read(entrance[0], &word, 1), "read");
}

static void crowd_leaves(void)
{
    close(leave[1]);
    while (wait(NULL) > 0)
        ;
    close(leave[0]);
    close(entrance[0]);
    close(entrance[1]);
}

static void keep(void)
{
    int fd = with_four_records();
    check(fd, "keep");
    printf("KEPT %d\n", fd);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 0;
    struct rlimit files;
    setvbuf(stdout, NULL, _IOLBF, 0);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    crowd_comes(5, with_four_records);
    crowd_leaves();
    for (long i = 0; i < count; i++) {
        if (i % (2 * count / KEPT) == 0)
            keep();
        int fd = i % 4 ? plain() : with_four_records();
        check(fd, "create");
        close(fd);
    }
    crowd_comes(8, plain);
    for (int i = 0; i < KEPT / 2; i++)
        keep();
    crowd_leaves();
    printf("READY\n");
    while (getchar() != EOF)
        ;
    return 0;
}
