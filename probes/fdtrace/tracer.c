#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "fdtrace.skel.h"
#include "json.h"
#include "room.h"
#include "tracer.h"

enum { TRIES = 50, CHUNK = 1 << 16 };

static int print_warnings(enum libbpf_print_level level, const char *format, va_list values)
{
    return level == LIBBPF_WARN ? vfprintf(stderr, format, values) : 0;
}

void *tracer_iterate(struct bpf_program *program, union bpf_iter_link_info only, size_t *size)
{
    LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &only, .link_info_len = sizeof only);
    char *text = NULL;
    ssize_t got = -1;
    int fd = -1, error = 0;
    *size = 0;
    struct bpf_link *link = bpf_program__attach_iter(program, &options);
    if (!link && errno == ESRCH)
        return calloc(1, 1);
    if (link)
        fd = bpf_iter_create(bpf_link__fd(link));
    while (fd >= 0) {
        char *more = realloc(text, *size + CHUNK);
        if (!more) {
            errno = ENOMEM;
            got = -1;
            break;
        }
        text = more;
        got = read(fd, text + *size, CHUNK);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got <= 0)
            break;
        *size += got;
    }
    error = errno;
    if (fd >= 0)
        close(fd);
    bpf_link__destroy(link);
    if (got == 0)
        return text;
    free(text);
    errno = error;
    return NULL;
}

/* Kernels before 6.1 ignore the number and walk all processes: the programs check for themselves. */
static void *iterate_process(struct bpf_program *program, int pid, size_t *size)
{
    return tracer_iterate(program, (union bpf_iter_link_info){.task = {.pid = pid}}, size);
}

/* The kernel's own number of a process, 0 if there is none; -1 on failure. */
static int kernel_id(struct fdtrace_bpf *bpf, int pid)
{
    size_t size;
    bpf->bss->wanted = pid;
    bpf->bss->found = 0;
    void *nothing = iterate_process(bpf->progs.find_process, pid, &size);
    free(nothing);
    return nothing ? (int)bpf->bss->found : -1;
}

static void configure(struct fdtrace_bpf *bpf, bool stacks)
{
    struct stat own = {0};
    stat("/proc/self/ns/pid", &own);
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
    bpf_program__set_autoattach(bpf->progs.find_process, false);
    bpf_program__set_autoattach(bpf->progs.show_files, false);
    bpf_program__set_autoattach(bpf->progs.sweep, false);
}

/* Opens a file where the BPF program sees it, so that it learns where the kernel allocates a struct file. */
static bool learn(struct fdtrace_bpf *bpf)
{
    for (int i = 0; i < TRIES && !bpf->bss->allocation_site; i++)
        close(open("/dev/null", O_RDONLY | O_CLOEXEC));
    return bpf->bss->allocation_site;
}

static struct fdtrace_bpf *give_up(struct fdtrace_bpf *bpf, int error, const char *doing, const char *message)
{
    fdtrace_bpf__destroy(bpf);
    json_error(error, doing, message);
    return NULL;
}

struct fdtrace_bpf *tracer_start(bool stacks)
{
    libbpf_set_print(print_warnings);
    struct btf *types = btf__load_vmlinux_btf();
    if (!types)
        return give_up(NULL, errno, "btf", "the kernel has no BTF type information");
    btf__free(types);
    struct fdtrace_bpf *bpf = fdtrace_bpf__open();
    if (!bpf)
        return give_up(NULL, errno, "open", "the BPF program can't be opened");
    configure(bpf, stacks);
    if (fdtrace_bpf__load(bpf))
        return give_up(bpf, errno, "load", "the kernel does not load the BPF program");
    int self = kernel_id(bpf, getpid());
    if (self <= 0)
        return give_up(bpf, self ? errno : ESRCH, "iterate", "the kernel does not list the tracer's own process");
    bpf->bss->own_level = bpf->bss->found_level;
    bpf->bss->learner = self;
    if (fdtrace_bpf__attach(bpf))
        return give_up(bpf, errno, "attach", "the kernel does not attach the BPF program");
    if (!learn(bpf))
        return give_up(bpf, ENOTSUP, "learn", "the kernel does not show where it allocates files");
    bpf->bss->learner = 0;
    return bpf;
}

bool tracer_add(struct fdtrace_bpf *bpf, int pid, struct process how)
{
    struct group nothing = {0};
    int process = kernel_id(bpf, pid);
    if (!process)
        errno = ESRCH;
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
        if (!bpf_map__lookup_elem(bpf->maps.processes, &process, sizeof process, &how, sizeof how, 0) && how.group == group)
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
    int process = kernel_id(bpf, pid);
    bool traced = process > 0 &&
                  !bpf_map__lookup_elem(bpf->maps.processes, &process, sizeof process, &how, sizeof how, 0);
    errno = process > 0 ? 0 : ESRCH;
    return traced ? (int)how.group : NO_GROUP;
}

void *tracer_table(struct fdtrace_bpf *bpf, int pid, size_t *size)
{
    int process = kernel_id(bpf, pid);
    *size = 0;
    if (process < 0)
        return NULL;
    bpf->bss->shown = process;
    room_bring_home(bpf);
    return process ? iterate_process(bpf->progs.show_files, pid, size) : calloc(1, 1);
}

struct group tracer_counters(struct fdtrace_bpf *bpf, unsigned group)
{
    struct group counters = {0};
    bpf_map__lookup_elem(bpf->maps.groups, &group, sizeof group, &counters, sizeof counters, 0);
    return counters;
}

/* Times that a program was to begin on a CPU where it was at work. Of on_alloc they tell nothing: preemption is off in it,
 * so only an interrupt can come upon it, which may allocate much but no struct file, as that may sleep. */
unsigned long long tracer_missed(struct fdtrace_bpf *bpf)
{
    unsigned long long missed = 0;
    struct bpf_program *program;
    bpf_object__for_each_program(program, bpf->obj) {
        struct bpf_prog_info info = {0};
        unsigned size = sizeof info;
        if (program != bpf->progs.on_alloc && !bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
            missed += info.recursion_misses;
    }
    return missed;
}
