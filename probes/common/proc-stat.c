#include "common/proc-stat.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool proc_stat_read(const char *path, struct proc_stat *stat)
{
    char text[512];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[got > 0 ? got : 0] = 0;
    /* The name before it may hold spaces and parentheses itself. */
    const char *name = strrchr(text, ')');
    return name && sscanf(name, ") %c %d %d", &stat->state, &stat->parent, &stat->group) == 3;
}
