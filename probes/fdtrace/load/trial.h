#pragma once
#include <stdbool.h>

struct fdtrace_bpf;

/* How many files the trial made, and how many of them the programs saw; and whether they saw what every other call does. */
struct trial {
    unsigned made, seen;
    bool calls;
};

/* Whether every file is seen when several threads that share a CPU open files at once. Returns false when the trial can't
 * be held (errno). */
bool trial_hold(struct fdtrace_bpf *bpf, struct trial *trial);

/* Its second half, while the tracer's own process is traced: whether each kind of call makes its event. */
bool trial_calls(struct fdtrace_bpf *bpf);
