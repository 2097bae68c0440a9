#define _GNU_SOURCE
#include "processes.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "buffer.h"
#include "common/number.h"
#include "common/proc-stat.h"
#include "paths.h"

bool inside;

static ssize_t fail(int error)
{
    errno = error;
    return -1;
}

ssize_t send_signal(char **words)
{
    int pid;
    long number;
    if (!parse_pid(words[0], &pid) || !parse_number(words[1], 0, SIGRTMAX, &number))
        return fail(EINVAL);
    /* The first process is everybody's, but in a container it is the app. */
    if (pid == 1 && !inside)
        return fail(EPERM);
    return kill(pid, number) ? -1 : 0;
}

/* Who made a process; 0 where there is none. */
static int parent_of(int pid)
{
    char path[32];
    struct proc_stat stat;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    return proc_stat_read(path, &stat) ? stat.parent : 0;
}

ssize_t processes(char **words)
{
    (void)words;
    enum { LONGEST_LINE = 32 };
    DIR *all = opendir("/proc");
    size_t used = 0;
    if (!all)
        return -1;
    for (struct dirent *entry; (entry = next_entry(all));) {
        int pid;
        if (!parse_pid(entry->d_name, &pid))
            continue;
        if (!reserve(used + LONGEST_LINE))
            break;
        used += snprintf(text + used, LONGEST_LINE, "%d %d\n", pid, parent_of(pid));
    }
    return end_of(all, used);
}

ssize_t adopt_app(char **words)
{
    int pid, number;
    if (!parse_pid(words[0], &pid))
        return fail(EINVAL);
    number = adopt(pid, words[1]);
    return number < 0 ? -1 : sprintf(text, "@%d", number);
}

ssize_t forget_app(char **words)
{
    long number;
    return words[0][0] == '@' && parse_number(words[0] + 1, 0, INT_MAX, &number) ? forget(number) : fail(EINVAL);
}
