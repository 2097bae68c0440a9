#define _GNU_SOURCE
#include "tree.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 10, LONGEST_SECONDS = 120, PAUSE_NANOSECONDS = 10 * 1000 * 1000 };

static int open_folder(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_dots(const char *name)
{
    return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Moves a folder with content up, so that no depth needs more descriptors than another. */
static int lift(int folder, const char *name, int top)
{
    static unsigned long long number;
    char lifted[64];
    int failed;
    do {
        snprintf(lifted, sizeof lifted, ".lifted-%llu", number++);
        failed = renameat(folder, name, top, lifted);
    } while (failed && (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR));
    return failed;
}

/* Calls `act` for each name in a folder; returns the last errno of those that failed, 0 where none did. */
static int each(int folder, int top, int (*act)(int folder, const char *name, int top))
{
    int error = 0, own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = own < 0 ? NULL : fdopendir(own);
    if (!list) {
        error = errno;
        if (own >= 0)
            close(own);
        return error;
    }
    for (struct dirent *entry; (entry = readdir(list));)
        if (!is_dots(entry->d_name) && act(folder, entry->d_name, top) && errno != ENOENT)
            error = errno;
    closedir(list);
    return error;
}

/* A folder that has content stays in the top one, or goes there. */
static int drop(int folder, const char *name, int top)
{
    if (!unlinkat(folder, name, 0))
        return 0;
    if (errno != EISDIR)
        return -1;
    if (!unlinkat(folder, name, AT_REMOVEDIR))
        return 0;
    if (errno != ENOTEMPTY)
        return -1;
    return folder == top ? 0 : lift(folder, name, top);
}

/* Empties a folder of the top one. */
static int descend(int top, const char *name, int same)
{
    (void)same;
    int folder = open_folder(top, name);
    if (folder < 0)
        return errno == ENOTDIR || errno == ELOOP ? 0 : -1;
    int error = each(folder, top, drop);
    close(folder);
    errno = error;
    return error ? -1 : 0;
}

/* Takes one level away. */
static int pass(int top)
{
    int error = each(top, top, drop), below = each(top, top, descend);
    return below ? below : error;
}

static time_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static int remove_in(int parent, const char *name)
{
    struct stat status;
    int top = open_folder(parent, name);
    if (top < 0)
        return errno == ENOENT ? 0 : -1;
    int error = fstat(top, &status) ? errno : status.st_uid != geteuid() ? EPERM : 0;
    for (time_t begin = now(); !error;) {
        int failed = pass(top);
        if (!unlinkat(parent, name, AT_REMOVEDIR) || errno == ENOENT)
            break;
        /* What was lifted needs another pass; and who is ending may still be writing. */
        if (errno != ENOTEMPTY || now() - begin > (failed ? PATIENCE_SECONDS : LONGEST_SECONDS))
            error = failed ? failed : errno;
        else if (failed)
            nanosleep(&(struct timespec){.tv_nsec = PAUSE_NANOSECONDS}, NULL);
    }
    close(top);
    errno = error;
    return error ? -1 : 0;
}

int tree_remove(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path || !slash[1] || is_dots(slash + 1) || (size_t)(slash - path) >= sizeof folder) {
        errno = EINVAL;
        return -1;
    }
    memcpy(folder, path, slash - path);
    folder[slash - path] = 0;
    int parent = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return errno == ENOENT ? 0 : -1;
    int failed = remove_in(parent, slash + 1), error = errno;
    close(parent);
    errno = error;
    return failed;
}
