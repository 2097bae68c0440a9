#define _GNU_SOURCE
#include "requests.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "buffer.h"
#include "common/number.h"
#include "paths.h"
#include "processes.h"

static void finish(uint32_t id, ssize_t size)
{
    if (size < 0)
        frame_error(id, errno);
    else
        frame_send(id, RESULT, text, size);
}

/* Fills the answer: a file of /proc gives little at a time. */
static ssize_t read_at(int file, off_t offset, size_t wanted)
{
    struct stat status;
    size_t got = 0;
    if (fstat(file, &status))
        return -1;
    /* The app may put anything there, a pipe that never ends for instance. */
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        return -1;
    }
    while (got < wanted) {
        ssize_t more = pread(file, text + got, wanted - got, offset + got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return got ? (ssize_t)got : -1;
        if (!more)
            break;
        got += more;
    }
    return got;
}

static ssize_t read_file(char **words)
{
    long offset, wanted;
    if (!parse_number(words[1], 0, LONG_MAX, &offset) || !parse_number(words[2], 0, LONG_MAX, &wanted)) {
        errno = EINVAL;
        return -1;
    }
    int file = path_open(words[0], O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return -1;
    ssize_t got = read_at(file, offset, wanted < CHUNK ? wanted : CHUNK);
    close_quietly(file);
    return got;
}

static ssize_t read_link(char **words)
{
    const char *name;
    int folder = path_parent(words[0], &name);
    if (folder < 0)
        return -1;
    ssize_t got = readlinkat(folder, name, text, PATH_MAX);
    close_quietly(folder);
    return got;
}

static ssize_t list(char **words)
{
    int file = path_open(words[0], O_RDONLY | O_DIRECTORY);
    DIR *folder = file < 0 ? NULL : fdopendir(file);
    if (!folder) {
        if (file >= 0)
            close_quietly(file);
        return -1;
    }
    size_t used = 0;
    for (struct dirent *entry; (entry = next_entry(folder));) {
        size_t length = strlen(entry->d_name) + 1;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (!reserve(used + length))
            break;
        memcpy(text + used, entry->d_name, length);
        used += length;
    }
    return end_of(folder, used);
}

static ssize_t status(char **words)
{
    struct stat status;
    int file = path_open(words[0], O_PATH | (strcmp(words[1], "keep") ? 0 : O_NOFOLLOW));
    if (file < 0)
        return -1;
    int failed = fstat(file, &status);
    close(file);
    if (failed)
        return -1;
    return sprintf(text, "%llu %llu %u %lld %u", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino,
                   status.st_mode, (long long)status.st_size, status.st_uid);
}

/* An empty file that was not there: what HotSpot looks for when it is asked to listen. */
static ssize_t create(char **words)
{
    const char *name;
    int folder = path_parent(words[0], &name);
    if (folder < 0)
        return -1;
    int file = openat(folder, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    close_quietly(folder);
    if (file < 0)
        return -1;
    close(file);
    return 0;
}

/* To the end of a file of the harness's own: a word with its NUL, as the gate reads them. */
static ssize_t append(char **words)
{
    int file = path_open(words[0], O_WRONLY | O_APPEND | O_NOFOLLOW);
    if (file < 0)
        return -1;
    ssize_t size = strlen(words[1]) + 1, put = write(file, words[1], size);
    close_quietly(file);
    if (put == size)
        return 0;
    if (put >= 0)
        errno = ENOSPC;
    return -1;
}

static ssize_t delete (char **words)
{
    const char *name;
    int folder = path_parent(words[0], &name);
    if (folder < 0)
        return -1;
    int failed = unlinkat(folder, name, 0);
    close_quietly(folder);
    return failed ? -1 : 0;
}

static ssize_t now(char **words)
{
    (void)words;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return sprintf(text, "%lld%09ld", (long long)time.tv_sec, time.tv_nsec);
}

int answer(uint32_t id, const char *what, char **words, int count)
{
    static const struct {
        const char *what;
        int words;
        ssize_t (*answer)(char **);
    } known[] = {
        {"read", 3, read_file}, {"link", 1, read_link},  {"list", 1, list},         {"stat", 2, status},
        {"create", 1, create},  {"delete", 1, delete},   {"kill", 2, send_signal},  {"processes", 0, processes},
        {"now", 0, now},        {"adopt", 2, adopt_app}, {"forget", 1, forget_app}, {"append", 2, append},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].what, what) && known[i].words == count) {
            finish(id, reserve(CHUNK) ? known[i].answer(words) : -1);
            return 1;
        }
    return 0;
}
