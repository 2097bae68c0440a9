// Says whether the threads of this process get a processor: who waits for one can't close what it has opened.
#define _GNU_SOURCE
#include "rehearsal.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS = 3, FIRST_THREADS = 64 };

static int read_file(const char *thread, const char *file, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%.20s/%s", thread, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, size - 1);
    close(fd);
    if (length <= 0)
        return -1;
    text[length] = 0;
    return 0;
}

// A name may contain anything, so the state stands behind the last parenthesis.
static int state_of(const char *thread)
{
    char text[512];
    const char *name_end = read_file(thread, "stat", text, sizeof text) ? NULL : strrchr(text, ')');
    return name_end && name_end[1] ? name_end[2] : 0;
}

// A kernel without scheduler statistics says nothing; then every thread that is ready counts as one that waits.
static jlong nanoseconds_of(const char *thread)
{
    char text[128];
    return read_file(thread, "schedstat", text, sizeof text) ? 0 : strtoll(text, NULL, 10);
}

jlong *list_threads(jsize *count)
{
    jsize room = FIRST_THREADS * NUMBERS;
    jlong *numbers = malloc((size_t)room * sizeof *numbers);
    DIR *folder = numbers ? opendir("/proc/self/task") : NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.' || atoi(entry->d_name) == gettid())
            continue;
        if (*count + NUMBERS > room) {
            jlong *more = realloc(numbers, (size_t)(room *= 2) * sizeof *numbers);
            if (!more)
                break;
            numbers = more;
        }
        numbers[(*count)++] = atoi(entry->d_name);
        numbers[(*count)++] = state_of(entry->d_name);
        numbers[(*count)++] = nanoseconds_of(entry->d_name);
    }
    if (folder)
        closedir(folder);
    return numbers;
}
