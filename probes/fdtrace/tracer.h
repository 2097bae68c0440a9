#ifndef FDTRACE_TRACER_H
#define FDTRACE_TRACER_H
#include <stdbool.h>
#include <stddef.h>
#include "fdtrace.h"

struct bpf_program;
union bpf_iter_link_info;
struct fdtrace_bpf;

enum { NO_GROUP = -1 };

/* Runs an iterator and returns all that it wrote, for the caller to free; NULL on failure (errno). */
void *tracer_iterate(struct bpf_program *program, union bpf_iter_link_info only, size_t *size);

/* Loads and attaches the BPF program; nothing is traced yet. Everything is held by descriptors of this process, so
 * that nothing stays behind however it ends. On failure prints the reason and returns NULL. */
struct fdtrace_bpf *tracer_start(bool stacks);

/* Traces a process and all that it forks from now on. Returns false on failure (errno; ESRCH: there is none). */
bool tracer_add(struct fdtrace_bpf *bpf, int pid, struct process how);

/* Lets go of all processes of a group. */
void tracer_drop(struct fdtrace_bpf *bpf, unsigned group);

/* The group of a process: NO_GROUP with errno 0 where it is not traced, with ESRCH where there is no such process. */
int tracer_group(struct fdtrace_bpf *bpf, int pid);

/* Reads the table of a process: the stream of items that fdtrace.h describes. The caller frees it.
 * Returns NULL on failure (errno); an empty stream for a process that is not there. */
void *tracer_table(struct fdtrace_bpf *bpf, int pid, size_t *size);

struct group tracer_counters(struct fdtrace_bpf *bpf, unsigned group);

/* How often the kernel could not run a program, whomever it was about. */
unsigned long long tracer_missed(struct fdtrace_bpf *bpf);

#endif
