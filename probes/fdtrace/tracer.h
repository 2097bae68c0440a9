#pragma once
#include <stdbool.h>
#include "fdtrace.h"
#include "load/programs.h"
#include "load/trial.h"

struct fdtrace_bpf;

enum { NO_GROUP = -1 };

/* A tracer at work: which programs, what is done without, and how its trial went. */
struct start {
    enum set set;
    struct missing missing;
    struct trial trial;
};

/* Loads and attaches the BPF programs; nothing is traced yet. Everything is held by descriptors of this process, so
 * that nothing stays behind however it ends. On failure prints the reason and returns NULL. */
struct fdtrace_bpf *tracer_start(bool stacks, struct start *start);

/* Traces a process and all that it forks from now on. Returns false on failure (errno; ESRCH: there is none). */
bool tracer_add(struct fdtrace_bpf *bpf, int pid, struct process how);

/* Lets go of all processes of a group. */
void tracer_drop(struct fdtrace_bpf *bpf, unsigned group);

/* The group of a process: NO_GROUP with errno 0 where it is not traced, with ESRCH where there is no such process. */
int tracer_group(struct fdtrace_bpf *bpf, int pid);

struct group tracer_counters(struct fdtrace_bpf *bpf, unsigned group);

/* How often the kernel could not run a program, whomever it was about; `interrupted` were certainly about no file. */
struct skips {
    unsigned long long missed, interrupted;
};
struct skips tracer_skips(struct fdtrace_bpf *bpf);
