#pragma once
#include <stdbool.h>
#include <stddef.h>

struct fdtrace_bpf;

/* Files that were open when the tracer was attached, in the order of their addresses. */
struct inherited {
    struct live *files;
    size_t count;
};

/* Remembers what a process was born with. Returns false on failure (errno). */
bool inherited_read(struct fdtrace_bpf *bpf, int pid, struct inherited *inherited);

/* Prints the table of a process and what is known about each of its files, or an "error"; returns whether it could. */
bool snapshot_print(struct fdtrace_bpf *bpf, int pid, const struct inherited *inherited);
