#pragma once
#include <stdbool.h>

struct fdtrace_bpf;

/* Lets the BPF program ask for room when its records might be half full. Returns the descriptor on which it asks, to be
 * polled for input; -1 on failure (errno). To be called once. */
int room_watch(struct fdtrace_bpf *bpf);

/* Moves back what came while a sweep was at work on the same file. Snapshots need it. */
void room_move_back(struct fdtrace_bpf *bpf);

/* Takes out the records of files that are gone. Returns false on failure (errno). */
bool room_make(struct fdtrace_bpf *bpf);
