#ifndef FDTRACE_TRIAL_H
#define FDTRACE_TRIAL_H
#include <stdbool.h>

struct fdtrace_bpf;

/* How many files the trial made, and how many of them the programs saw. */
struct trial {
    unsigned made, seen;
};

/* Whether every file is seen when several threads that share a CPU open files at once. Returns false when the trial can't
 * be held (errno). */
bool trial_hold(struct fdtrace_bpf *bpf, struct trial *trial);

#endif
