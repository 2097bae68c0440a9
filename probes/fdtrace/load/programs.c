/* Which programs the kernel takes. They are loaded together; only where that fails, each is tried alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "fdtrace.skel.h"
#include "load/permit.h"
#include "load/programs.h"

enum { WAYS_MAX = 3, EVENTS = 13, COMMON = 3 };

/* Something that the tracer does, and the programs that can do it, the best one first. */
struct part {
    bool required, event;
    const char *ways[WAYS_MAX];
};

/* Without the last three the tracer sees every creation of the process itself; README.md tells what is lost. */
static const struct part events[SETS][EVENTS] = {
    [FUNCTIONS] = {{true, true, {"fn_alloc"}},
                   {true, true, {"fn_install"}},
                   {true, true, {"fn_dup"}},
                   {true, true, {"fn_fcntl"}},
                   {true, true, {"fn_dup2", "fn_dup3"}},
                   {true, true, {"fn_bind"}},
                   {true, true, {"fn_listen"}},
                   {true, true, {"fn_connect"}},
                   {true, true, {"fn_prctl"}},
                   {true, true, {"fn_receive", "fn_receive_inner"}},
                   {false, true, {"on_fork"}},
                   {false, true, {"on_exec"}},
                   {false, true, {"on_thread_exit"}}},
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

/* NULL: a set of tracepoints has fewer parts than there is room for. */
static const struct part *part_of(enum set set, int i)
{
    const struct part *part = i < EVENTS ? &events[set][i] : &common[i - EVENTS];
    return part->ways[0] ? part : NULL;
}

static bool configure(struct fdtrace_bpf *bpf, bool stacks)
{
    struct stat own;
    if (stat("/proc/self/ns/pid", &own))
        return false;
    bpf->rodata->own_namespace = own.st_ino;
    bpf->rodata->want_stack = stacks;
    bpf->rodata->restricted = is_restricted();
    bpf->rodata->permitted_uid = getuid();
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
    bpf->rodata->nr_io_uring_enter = SYS_io_uring_enter;
    return true;
}

static bool is_among(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (names[i] && !strcmp(names[i], name))
            return true;
    return false;
}

/* What functions need: system calls are named after the architecture, and storage of a task came with 5.11. */
static int prepare_functions(struct fdtrace_bpf *bpf, const char *const *names, int count)
{
    bool storage = false;
    for (int i = 0; i < count; i++)
        storage = storage || (names[i] && !strncmp(names[i], "fn_", 3));
    bpf_map__set_autocreate(bpf->maps.own, storage);
#ifdef __aarch64__
    return is_among("fn_dup", names, count) ? bpf_program__set_attach_target(bpf->progs.fn_dup, 0, "__arm64_sys_dup")
                                            : 0;
#else
    return 0;
#endif
}

/* Loads these programs and no others; NULL on failure (errno). */
static struct fdtrace_bpf *load(const char *const *names, int count, bool stacks)
{
    struct bpf_program *program;
    struct fdtrace_bpf *bpf = fdtrace_bpf__open();
    if (!bpf)
        return NULL;
    int error = configure(bpf, stacks) ? -prepare_functions(bpf, names, count) : errno;
    bpf_object__for_each_program(program, bpf->obj)
        bpf_program__set_autoload(program, is_among(bpf_program__name(program), names, count));
    if (!error && !fdtrace_bpf__load(bpf))
        return bpf;
    error = error ? error : errno;
    fdtrace_bpf__destroy(bpf);
    errno = error;
    return NULL;
}

/* Some kernels refuse every such program, before they look at it: asked with the smallest one, which hooks nothing. */
static bool may_hook_functions(void)
{
    static const struct bpf_insn nothing[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
    LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY);
    int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", nothing, sizeof nothing / sizeof *nothing, &options);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || (errno != EPERM && errno != EACCES);
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
        const struct part *part = part_of(set, i);
        names[i] = part ? part->ways[0] : NULL;
        all = all && (!part || !is_refused(names[i]));
    }
    if (set == FUNCTIONS && !may_hook_functions()) {
        *refusal = (struct refusal){names[0], "load", EPERM};
        return NULL;
    }
    struct fdtrace_bpf *bpf = all ? load(names, EVENTS + COMMON, stacks) : NULL;
    if (bpf)
        return bpf;
    *refusal = (struct refusal){NULL, "load", all ? errno : EPERM};
    for (int i = 0; i < EVENTS + COMMON; i++) {
        const struct part *part = part_of(set, i);
        if (!part || (names[i] = way_of(part, stacks)))
            continue;
        struct refusal refused_part = {part->ways[0], "load", 0};
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

/* The program that does this part; NULL: none does. */
static struct bpf_program *loaded_of(struct fdtrace_bpf *bpf, const struct part *part)
{
    for (int i = 0; i < WAYS_MAX && part->ways[i]; i++) {
        struct bpf_program *program = bpf_object__find_program_by_name(bpf->obj, part->ways[i]);
        if (program && bpf_program__fd(program) >= 0)
            return program;
    }
    return NULL;
}

struct fdtrace_bpf *programs_start(enum set set, bool stacks, struct missing *missing, struct refusal *refusal)
{
    missing->count = 0;
    struct fdtrace_bpf *bpf = load_set(set, stacks, missing, refusal);
    for (int i = 0; bpf && i < EVENTS; i++) {
        const struct part *part = part_of(set, i);
        struct bpf_program *program = part ? loaded_of(bpf, part) : NULL;
        if (!program || (links[i] = bpf_program__attach(program)))
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
