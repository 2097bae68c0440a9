#define _GNU_SOURCE
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common/in-root.h"
#include "processes.h"

enum { MOST_ADOPTED = 256 };

static struct {
    bool used;
    int folder;
    int process;
} adopted[MOST_ADOPTED];

static int fail(int error)
{
    errno = error;
    return -1;
}

void close_quietly(int file)
{
    int error = errno;
    close(file);
    errno = error;
}

static int open_adopted(const char *path, int flags)
{
    char *rest;
    unsigned long number = strtoul(path + 1, &rest, 10);
    if (number >= MOST_ADOPTED || !adopted[number].used || (*rest && *rest != '/'))
        return fail(EACCES);
    return open_in_root(adopted[number].folder, rest, flags);
}

static int open_in_root_of(const char *root, const char *rest, int flags)
{
    int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -1;
    int found = open_in_root(folder, rest, flags);
    close_quietly(folder);
    return found;
}

int path_open(const char *path, int flags)
{
    if (*path == '@')
        return open_adopted(path, flags);
    if (strncmp(path, "/proc", 5) || (path[5] && path[5] != '/'))
        return fail(EACCES);
    char root[32];
    int pid, end = 0;
    if (sscanf(path, "/proc/%9d/root%n", &pid, &end) == 1 && end && (!path[end] || path[end] == '/')) {
        snprintf(root, sizeof root, "/proc/%d/root", pid);
        return open_in_root_of(root, path + end, flags);
    }
    return open(path, flags | O_CLOEXEC);
}

int path_parent(const char *path, const char **last)
{
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path || !slash[1])
        return fail(EACCES);
    if ((size_t)(slash - path) >= sizeof parent)
        return fail(ENAMETOOLONG);
    memcpy(parent, path, slash - path);
    parent[slash - path] = 0;
    *last = slash + 1;
    return path_open(parent, O_PATH | O_DIRECTORY);
}

int adopt(int pid, const char *folder)
{
    int number = 0;
    while (number < MOST_ADOPTED && adopted[number].used)
        number++;
    if (number == MOST_ADOPTED)
        return fail(EMFILE);
    /* By descriptor: a pid may have been used again by the time the app is to be ended. */
    int process = syscall(SYS_pidfd_open, pid, 0);
    if (process < 0)
        return -1;
    int opened = path_open(folder, O_PATH | O_DIRECTORY);
    if (opened < 0) {
        close_quietly(process);
        return -1;
    }
    fcntl(process, F_SETFD, FD_CLOEXEC);
    adopted[number].used = true;
    adopted[number].folder = opened;
    adopted[number].process = process;
    return number;
}

int forget(int number)
{
    if (number < 0 || number >= MOST_ADOPTED || !adopted[number].used)
        return fail(EINVAL);
    close(adopted[number].folder);
    close(adopted[number].process);
    adopted[number].used = false;
    return 0;
}

void end_adopted(void)
{
    /* The kernel lets nobody in a container kill its first process; SIGTERM a JVM and the gate take. */
    int ending = inside ? SIGTERM : SIGKILL;
    for (int i = 0; i < MOST_ADOPTED; i++)
        if (adopted[i].used)
            syscall(SYS_pidfd_send_signal, adopted[i].process, ending, NULL, 0);
}
