/* What the kernel tells of a process in /proc/PID/stat. */
#pragma once
#include <stdbool.h>

struct proc_stat {
    char state;
    int parent, group;
};

/* Reads such a file, of a process or of a thread. Returns false where it is not there, or is none. */
bool proc_stat_read(const char *path, struct proc_stat *stat);
