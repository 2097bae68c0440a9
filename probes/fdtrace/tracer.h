#ifndef FDTRACE_TRACER_H
#define FDTRACE_TRACER_H
#include <stdbool.h>
#include <stddef.h>
#include "fdtrace.h"

struct bpf_program;
struct fdtrace_bpf;

struct tracer_options {
    int pid, signal;
    bool stacks;
};

/* How complete the records are; `lost` is the sum of the ways to lose one. */
struct counters {
    unsigned long long seen, dropped, unpaired, missed, lost;
};

/* Loads and attaches the BPF program for one process and all that it forks. Everything is held by descriptors of this
 * process, so that nothing stays behind however it ends. On failure prints the reason and returns NULL. */
struct fdtrace_bpf *tracer_start(const struct tracer_options *options);

/* Reads the table of a process: the stream of items that fdtrace.h describes. The caller frees it.
 * Returns NULL on failure (errno); an empty stream for a process that is not there. */
void *tracer_table(struct fdtrace_bpf *bpf, int pid, size_t *size);

struct counters tracer_counters(struct fdtrace_bpf *bpf);

#endif
