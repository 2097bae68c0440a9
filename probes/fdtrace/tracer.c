#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "fdtrace.skel.h"
#include "fdtrace.h"
#include "load/refusal.h"
#include "table/table.h"
#include "tracer.h"

enum { TRIES = 50 };

/* Whether the trial of the programs that are at work saw everything. */
static bool exact;

static int print_warnings(enum libbpf_print_level level, const char *format, va_list values)
{
    return level == LIBBPF_WARN ? vfprintf(stderr, format, values) : 0;
}

/* Opens a file where the BPF program sees it, so that it learns where the kernel allocates a struct file. */
static bool learn(struct fdtrace_bpf *bpf)
{
    for (int i = 0; i < TRIES && !bpf->bss->allocation_site; i++) {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            close(fd);
    }
    return bpf->bss->allocation_site;
}

static struct fdtrace_bpf *given_up(struct fdtrace_bpf *bpf, int error, const char *doing, struct refusal *refusal)
{
    *refusal = (struct refusal){NULL, doing, error};
    programs_end(bpf);
    return NULL;
}

/* Starts with one set of programs and holds the trial. */
static struct fdtrace_bpf *start_with(enum set set, bool stacks, struct start *start, struct refusal *refusal)
{
    *start = (struct start){.set = set};
    struct fdtrace_bpf *bpf = programs_start(set, stacks, &start->missing, refusal);
    if (!bpf)
        return NULL;
    int self = table_process(bpf, getpid());
    if (self <= 0)
        return given_up(bpf, self ? errno : ESRCH, "iterate", refusal);
    bpf->bss->own_level = bpf->bss->found_level;
    if (set != FUNCTIONS) {
        bpf->bss->learner = self;
        if (!learn(bpf))
            return given_up(bpf, ENOTSUP, "learn", refusal);
        bpf->bss->learner = 0;
    }
    if (!trial_hold(bpf, &start->trial))
        return given_up(bpf, errno, "trial", refusal);
    return bpf;
}

static bool is_exact(const struct start *start)
{
    return start->trial.seen == start->trial.made && start->trial.calls;
}

/* From 6.13 on a kernel may preempt lazily (CONFIG_PREEMPT_LAZY), at the second tick that comes inside a system call: too
 * seldom for a trial to see it each time, and nothing protects the program of a function from it. */
static bool preempts_lazily(void)
{
    struct utsname kernel;
    int major, minor;
    return uname(&kernel) == 0 && strstr(kernel.version, "PREEMPT") &&
           sscanf(kernel.release, "%d.%d", &major, &minor) == 2 && (major > 6 || (major == 6 && minor >= 13));
}

/* Tracepoints miss nothing but what the kernel skips: where no set is exact, the one that saw most is the best. */
static struct fdtrace_bpf *start_best(bool stacks, struct start *start, struct refusal *refusal)
{
    enum set best = SETS;
    unsigned most = 0;
    static const enum set orders[][SETS] = {{FUNCTIONS, RAW, CLASSIC}, {RAW, CLASSIC, FUNCTIONS}};
    const enum set *order = orders[preempts_lazily()];
    for (int i = 0; i < SETS; i++) {
        enum set set = order[i];
        struct refusal other;
        struct fdtrace_bpf *bpf = start_with(set, stacks, start, set == RAW ? refusal : &other);
        if (bpf && is_exact(start))
            return bpf;
        if (bpf && set != FUNCTIONS && (best == SETS || start->trial.seen >= most)) {
            best = set;
            most = start->trial.seen;
        }
        if (bpf)
            programs_end(bpf);
    }
    return best == SETS ? NULL : start_with(best, stacks, start, refusal);
}

/* Without type information nothing loads, whatever the kernel says of it. */
static void explain(const struct refusal *refusal)
{
    struct btf *types = btf__load_vmlinux_btf();
    refusal_print(types ? refusal : &(struct refusal){NULL, "btf", errno});
    btf__free(types);
}

struct fdtrace_bpf *tracer_start(bool stacks, struct start *start)
{
    struct refusal refusal = {0};
    libbpf_set_print(print_warnings);
    struct fdtrace_bpf *bpf = start_best(stacks, start, &refusal);
    exact = bpf && is_exact(start);
    if (!bpf)
        explain(&refusal);
    return bpf;
}

bool tracer_add(struct fdtrace_bpf *bpf, int pid, struct process how)
{
    struct group nothing = {0};
    int process = table_process(bpf, pid);
    if (!process)
        errno = ESRCH;
    else if (process > 0)
        bpf->bss->traced_like[process & (TRACED_LIKE_MAX - 1)] = 1;
    return process > 0 &&
           !bpf_map__update_elem(bpf->maps.groups, &how.group, sizeof how.group, &nothing, sizeof nothing, BPF_ANY) &&
           !bpf_map__update_elem(bpf->maps.processes, &process, sizeof process, &how, sizeof how, BPF_ANY);
}

/* Takes one process of a group off the list; returns false when there is none. */
static bool drop_one(struct fdtrace_bpf *bpf, unsigned group)
{
    unsigned process, *last = NULL;
    struct process how;
    for (; !bpf_map__get_next_key(bpf->maps.processes, last, &process, sizeof process); last = &process)
        if (!bpf_map__lookup_elem(bpf->maps.processes, &process, sizeof process, &how, sizeof how, 0) &&
            how.group == group)
            return !bpf_map__delete_elem(bpf->maps.processes, &process, sizeof process, 0) || errno == ENOENT;
    return false;
}

void tracer_drop(struct fdtrace_bpf *bpf, unsigned group)
{
    /* From the beginning each time: they fork meanwhile, and the list may lead back to its beginning. */
    while (drop_one(bpf, group))
        ;
}

int tracer_group(struct fdtrace_bpf *bpf, int pid)
{
    struct process how;
    int process = table_process(bpf, pid);
    bool traced =
        process > 0 && !bpf_map__lookup_elem(bpf->maps.processes, &process, sizeof process, &how, sizeof how, 0);
    errno = process > 0 ? 0 : ESRCH;
    return traced ? (int)how.group : NO_GROUP;
}

struct group tracer_counters(struct fdtrace_bpf *bpf, unsigned group)
{
    struct group counters = {0};
    bpf_map__lookup_elem(bpf->maps.groups, &group, sizeof group, &counters, sizeof counters, 0);
    return counters;
}

/* A program is skipped on a CPU where it is at work already. Where the trial has shown that nobody preempts it there, only
 * an interrupt can ask for it meanwhile; interrupts allocate, but make no files. */
struct skips tracer_skips(struct fdtrace_bpf *bpf)
{
    struct skips skips = {0};
    struct bpf_program *program;
    bpf_object__for_each_program(program, bpf->obj)
    {
        struct bpf_prog_info info = {0};
        unsigned size = sizeof info;
        int fd = bpf_program__fd(program);
        if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
            continue;
        if (program == bpf->progs.on_alloc && exact)
            skips.interrupted += info.recursion_misses;
        else
            skips.missed += info.recursion_misses;
    }
    return skips;
}
