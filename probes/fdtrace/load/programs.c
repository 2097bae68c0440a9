/* Which programs the kernel takes. They are loaded together; only where that fails, each is tried alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <bpf/libbpf.h>
#include "fdtrace.skel.h"
#include "load/programs.h"

enum { WAYS_MAX = 3, EVENTS = 5, COMMON = 3 };

/* Something that the tracer does, and the programs that can do it, the best one first. */
struct part {
    bool required, event;
    const char *ways[WAYS_MAX];
};

/* Without the last three the tracer sees every creation of the process itself; README.md tells what is lost. */
static const struct part events[SETS][EVENTS] = {
    [RAW] = {{true, true, {"on_alloc"}},
             {true, true, {"on_exit"}},
             {false, true, {"on_fork"}},
             {false, true, {"on_exec"}},
             {false, true, {"on_thread_exit"}}},
    [CLASSIC] = {{true, true, {"classic_alloc"}},
                 {true, true, {"classic_exit"}},
                 {false, true, {"classic_fork"}},
                 {false, true, {"classic_exec"}},
                 {false, true, {"classic_thread_exit"}}},
};

static const struct part common[COMMON] = {
    {true, false, {"find_process", "walk_process"}},
    {true, false, {"show_files", "walk_process"}},
    {false, false, {"sweep", "sweep_on_call", "sweep_elements"}},
};

static const char *refused = "";
static struct bpf_link *links[EVENTS];

void programs_refuse(const char *names)
{
    refused = names;
}

static bool is_refused(const char *name)
{
    size_t size = strlen(name);
    for (const char *at = refused; (at = strstr(at, name)); at += size)
        if ((at == refused || at[-1] == ',') && (!at[size] || at[size] == ','))
            return true;
    return false;
}

static const struct part *part_of(enum set set, int i)
{
    return i < EVENTS ? &events[set][i] : &common[i - EVENTS];
}

static bool configure(struct fdtrace_bpf *bpf, bool stacks)
{
    struct stat own;
    if (stat("/proc/self/ns/pid", &own))
        return false;
    bpf->rodata->own_namespace = own.st_ino;
    bpf->rodata->want_stack = stacks;
    bpf->rodata->nr_dup = SYS_dup;
#ifdef SYS_dup2
    bpf->rodata->nr_dup2 = SYS_dup2;
#endif
    bpf->rodata->nr_dup3 = SYS_dup3;
    bpf->rodata->nr_fcntl = SYS_fcntl;
    bpf->rodata->nr_bind = SYS_bind;
    bpf->rodata->nr_listen = SYS_listen;
    bpf->rodata->nr_connect = SYS_connect;
    bpf->rodata->nr_prctl = SYS_prctl;
    return true;
}

static bool is_among(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (names[i] && !strcmp(names[i], name))
            return true;
    return false;
}

/* Loads these programs and no others; NULL on failure (errno). */
static struct fdtrace_bpf *load(const char *const *names, int count, bool stacks)
{
    struct bpf_program *program;
    struct fdtrace_bpf *bpf = fdtrace_bpf__open();
    if (!bpf)
        return NULL;
    int error = configure(bpf, stacks) ? 0 : errno;
    bpf_object__for_each_program(program, bpf->obj)
        bpf_program__set_autoload(program, is_among(bpf_program__name(program), names, count));
    if (!error && !fdtrace_bpf__load(bpf))
        return bpf;
    error = error ? error : errno;
    fdtrace_bpf__destroy(bpf);
    errno = error;
    return NULL;
}

/* The first program that the kernel takes for this part; NULL where there is none (errno: of the best one). */
static const char *way_of(const struct part *part, bool stacks)
{
    int error = 0;
    for (int i = 0; i < WAYS_MAX && part->ways[i]; i++) {
        errno = EPERM;
        struct fdtrace_bpf *bpf = is_refused(part->ways[i]) ? NULL : load(&part->ways[i], 1, stacks);
        if (bpf) {
            fdtrace_bpf__destroy(bpf);
            return part->ways[i];
        }
        error = error ? error : errno;
    }
    errno = error;
    return NULL;
}

static void note(struct missing *missing, struct refusal what)
{
    if (missing->count < PARTS_MAX)
        missing->parts[missing->count++] = what;
}

/* Loads the best way of each part, together; where the kernel refuses that, what it takes one by one. */
static struct fdtrace_bpf *load_set(enum set set, bool stacks, struct missing *missing, struct refusal *refusal)
{
    const char *names[EVENTS + COMMON];
    bool all = true;
    for (int i = 0; i < EVENTS + COMMON; i++) {
        names[i] = part_of(set, i)->ways[0];
        all = all && !is_refused(names[i]);
    }
    struct fdtrace_bpf *bpf = all ? load(names, EVENTS + COMMON, stacks) : NULL;
    if (bpf)
        return bpf;
    *refusal = (struct refusal){NULL, "load", all ? errno : EPERM};
    for (int i = 0; i < EVENTS + COMMON; i++) {
        const struct part *part = part_of(set, i);
        struct refusal refused_part = {part->ways[0], "load", 0};
        if ((names[i] = way_of(part, stacks)))
            continue;
        refused_part.error = errno;
        if (part->required) {
            *refusal = refused_part;
            return NULL;
        }
        note(missing, refused_part);
    }
    bpf = load(names, EVENTS + COMMON, stacks);
    if (!bpf)
        refusal->error = errno;
    return bpf;
}

void programs_end(struct fdtrace_bpf *bpf)
{
    for (int i = 0; i < EVENTS; i++) {
        bpf_link__destroy(links[i]);
        links[i] = NULL;
    }
    fdtrace_bpf__destroy(bpf);
}

struct fdtrace_bpf *programs_start(enum set set, bool stacks, struct missing *missing, struct refusal *refusal)
{
    missing->count = 0;
    struct fdtrace_bpf *bpf = load_set(set, stacks, missing, refusal);
    for (int i = 0; bpf && i < EVENTS; i++) {
        const struct part *part = &events[set][i];
        struct bpf_program *program = bpf_object__find_program_by_name(bpf->obj, part->ways[0]);
        if (!program || bpf_program__fd(program) < 0 || (links[i] = bpf_program__attach(program)))
            continue;
        struct refusal refused_part = {part->ways[0], "attach", errno};
        note(missing, refused_part);
        if (!part->required)
            continue;
        *refusal = refused_part;
        programs_end(bpf);
        bpf = NULL;
    }
    return bpf;
}
