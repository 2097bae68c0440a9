#define _GNU_SOURCE
#include "attached.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common/in-root.h"
#include "common/number.h"
#include "common/proc-stat.h"

enum { MOST = 64, PATIENCE_MS = 5000 };

static struct {
    pid_t pid;
    /* As it knows itself. */
    int own;
    int tmp, cwd;
    int life; /* a pidfd; -1: the kernel has none */
} processes[MOST];
static int count;

/* A file of /proc/PID as text. */
static bool read_text(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, text, size - 1);
    if (file >= 0)
        close(file);
    text[got > 0 ? got : 0] = 0;
    return got > 0;
}

static int open_folder(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The last number of NSpid: the one in the innermost pid namespace. */
static int own_pid(pid_t pid)
{
    char status[4096];
    char *line = read_text(pid, "status", status, sizeof status) ? strstr(status, "\nNSpid:") : NULL;
    if (!line)
        return pid;
    line[1 + strcspn(line + 1, "\n")] = 0;
    const char *last = strrchr(line, '\t');
    int own;
    return last && parse_pid(last + 1, &own) ? own : pid;
}

void attached_remember(pid_t pid)
{
    for (int i = 0; i < count; i++)
        if (processes[i].pid == pid)
            return;
    if (count == MOST)
        return;
    int root = open_folder(pid, "root");
    if (root < 0)
        return;
    processes[count].pid = pid;
    processes[count].own = own_pid(pid);
    processes[count].life = syscall(SYS_pidfd_open, pid, 0);
    processes[count].tmp = open_in_root(root, "tmp", O_PATH | O_DIRECTORY);
    processes[count++].cwd = open_folder(pid, "cwd");
    close(root);
}

void attached_remember_group(pid_t group)
{
    DIR *all = opendir("/proc");
    if (!all)
        return;
    for (struct dirent *entry; (entry = readdir(all));) {
        char path[32];
        struct proc_stat stat;
        int pid;
        if (!parse_pid(entry->d_name, &pid) || pid == 1)
            continue;
        snprintf(path, sizeof path, "/proc/%d/stat", pid);
        if (proc_stat_read(path, &stat) && stat.group == group)
            attached_remember(pid);
    }
    closedir(all);
}

static void remove_own(int folder, const char *prefix, int own, const char *suffix, mode_t type)
{
    char name[64];
    struct stat status;
    snprintf(name, sizeof name, "%s%d%s", prefix, own, suffix);
    if (folder >= 0 && !fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) && (status.st_mode & S_IFMT) == type &&
        status.st_uid == geteuid())
        unlinkat(folder, name, 0);
}

/* One that was killed may still be within the call that makes the file. */
static void await_end(int life)
{
    struct pollfd end = {.fd = life, .events = POLLIN};
    poll(&end, 1, PATIENCE_MS);
}

void attached_remove(void)
{
    for (int i = 0; i < count; i++) {
        if (processes[i].life >= 0)
            await_end(processes[i].life);
        remove_own(processes[i].tmp, ".java_pid", processes[i].own, "", S_IFSOCK);
        remove_own(processes[i].tmp, ".java_pid", processes[i].own, ".tmp", S_IFSOCK);
        remove_own(processes[i].tmp, ".attach_pid", processes[i].own, "", S_IFREG);
        remove_own(processes[i].cwd, ".attach_pid", processes[i].own, "", S_IFREG);
    }
}
