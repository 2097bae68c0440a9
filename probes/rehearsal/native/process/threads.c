/* Says whether the threads of this process get a processor: who waits for one can't close what it has opened. */
#define _GNU_SOURCE
#include "native/process/threads.h"
#include "common/number.h"
#include "common/proc-stat.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS = 3, FIRST_THREADS = 64 };

static int state_of(const char *thread)
{
    char path[64];
    struct proc_stat stat;
    snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", thread);
    return proc_stat_read(path, &stat) ? stat.state : 0;
}

/* A kernel without scheduler statistics says nothing; then every thread that is ready counts as one that waits. */
static jlong nanoseconds_of(const char *thread)
{
    char path[64], text[128];
    snprintf(path, sizeof path, "/proc/self/task/%.20s/schedstat", thread);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = 0;
    return strtoll(text, NULL, 10);
}

/* Appends three numbers; false where there is no memory for them. */
static bool append(jlong **numbers, jsize *count, jsize *room, const jlong row[NUMBERS])
{
    if (*count + NUMBERS > *room) {
        jlong *more = realloc(*numbers, 2 * (size_t)*room * sizeof *more);
        if (!more)
            return false;
        *numbers = more;
        *room *= 2;
    }
    memcpy(*numbers + *count, row, NUMBERS * sizeof *row);
    *count += NUMBERS;
    return true;
}

/* One that is left out would count as a thread that needs no processor. */
jlong *list_threads(jsize *count)
{
    jsize room = FIRST_THREADS * NUMBERS;
    jlong *numbers = malloc((size_t)room * sizeof *numbers);
    DIR *folder = numbers ? opendir("/proc/self/task") : NULL;
    bool complete = folder;
    for (struct dirent *entry; complete && (entry = readdir(folder));) {
        int thread;
        if (!parse_pid(entry->d_name, &thread) || thread == gettid())
            continue;
        jlong row[NUMBERS] = {thread, state_of(entry->d_name), nanoseconds_of(entry->d_name)};
        complete = append(&numbers, count, &room, row);
    }
    if (folder)
        closedir(folder);
    if (complete)
        return numbers;
    free(numbers);
    return NULL;
}
