#pragma once
#include <stdbool.h>

struct fdtrace_bpf;

/* The apps that are traced, each with all that it forks. What is asked of them is answered with lines, or an "error". */

/* Returns the descriptor to poll for the end of apps; -1 on failure (errno). To be called once, before all others. */
int apps_watch(void);

/* Traces one more. Returns false on failure. */
bool apps_trace(struct fdtrace_bpf *bpf, int pid, int signal);

/* Lets go of one: no event of it is kept any more, and no signal is sent. */
void apps_forget(struct fdtrace_bpf *bpf, int pid);

/* Prints the table of one of them, or of a process that one of them has forked. */
void apps_snapshot(struct fdtrace_bpf *bpf, int pid);

/* Tells of those that have ended. */
void apps_ended(void);
