#pragma once
#include <stddef.h>

struct bpf_program;
struct fdtrace_bpf;
union bpf_iter_link_info;

/* Runs an iterator and returns all that it wrote, for the caller to free; NULL on failure (errno). */
void *table_iterate(struct bpf_program *program, union bpf_iter_link_info only, size_t *size);

/* Runs a program that is called (SEC("syscall")); returns 0, or -1 (errno). */
int table_call(struct bpf_program *program, void *argument, unsigned size);

/* The kernel's own number of a process, 0 if there is none; -1 on failure (errno). */
int table_process(struct fdtrace_bpf *bpf, int pid);

/* Reads the table of a process: the stream of items that fdtrace.h describes. The caller frees it.
 * Returns NULL on failure (errno); an empty stream for a process that is not there. */
void *table_read(struct fdtrace_bpf *bpf, int pid, size_t *size);
