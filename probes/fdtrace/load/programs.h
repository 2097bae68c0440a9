#pragma once
#include <stdbool.h>
#include <stddef.h>

struct fdtrace_bpf;

/* What tells of the events: functions of the kernel, or one of two kinds of tracepoints. The first that is exact is taken. */
enum set { FUNCTIONS, RAW, CLASSIC, SETS };

/* What the kernel refused. */
struct refusal {
    const char *program; /* NULL: it was not about one program */
    const char *doing;   /* "load" or "attach" */
    int error;
};

enum { PARTS_MAX = 8 };

/* What is done without: parts that only improve. */
struct missing {
    unsigned count;
    struct refusal parts[PARTS_MAX];
};

/* From now on as if the kernel refused these programs (names with commas between): for tests. */
void programs_refuse(const char *names);

/* Loads and attaches the programs of a set, and all others that the kernel takes. On failure returns NULL and says which
 * program the tracer can't be without. */
struct fdtrace_bpf *programs_start(enum set set, bool stacks, struct missing *missing, struct refusal *refusal);

void programs_end(struct fdtrace_bpf *bpf);
