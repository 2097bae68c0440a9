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
#include "tracer.h"

enum { TRIES = 50, CHUNK = 1 << 16 };

static int print_warnings(enum libbpf_print_level level, const char *format, va_list values)
{
    return level == LIBBPF_WARN ? vfprintf(stderr, format, values) : 0;
}

/* Runs an iterator over one process and returns all that it wrote; NULL on failure. */
static void *iterate(struct bpf_program *program, int pid, size_t *size)
{
    /* Kernels before 6.1 ignore the number and walk all processes: the programs check for themselves. */
    union bpf_iter_link_info only = {.task = {.pid = pid}};
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

/* The kernel's own number of a process, 0 if there is none; -1 on failure. */
static int kernel_id(struct fdtrace_bpf *bpf, int pid)
{
    size_t size;
    bpf->bss->wanted = pid;
    bpf->bss->found = 0;
    void *nothing = iterate(bpf->progs.find_process, pid, &size);
    free(nothing);
    return nothing ? (int)bpf->bss->found : -1;
}

static void configure(struct fdtrace_bpf *bpf, const struct tracer_options *options)
{
    struct stat own = {0};
    stat("/proc/self/ns/pid", &own);
    bpf->rodata->own_namespace = own.st_ino;
    bpf->rodata->signo = options->signal;
    bpf->rodata->want_stack = options->stacks;
    bpf->rodata->nr_dup = SYS_dup;
#ifdef SYS_dup2
    bpf->rodata->nr_dup2 = SYS_dup2;
#endif
    bpf->rodata->nr_dup3 = SYS_dup3;
    bpf->rodata->nr_fcntl = SYS_fcntl;
    bpf->rodata->nr_bind = SYS_bind;
    bpf->rodata->nr_listen = SYS_listen;
    bpf->rodata->nr_connect = SYS_connect;
    bpf_program__set_autoattach(bpf->progs.find_process, false);
    bpf_program__set_autoattach(bpf->progs.show_files, false);
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

struct fdtrace_bpf *tracer_start(const struct tracer_options *options)
{
    libbpf_set_print(print_warnings);
    struct btf *types = btf__load_vmlinux_btf();
    if (!types)
        return give_up(NULL, errno, "btf", "the kernel has no BTF type information");
    btf__free(types);
    struct fdtrace_bpf *bpf = fdtrace_bpf__open();
    if (!bpf)
        return give_up(NULL, errno, "open", "the BPF program can't be opened");
    configure(bpf, options);
    if (fdtrace_bpf__load(bpf))
        return give_up(bpf, errno, "load", "the kernel does not load the BPF program");
    int self = kernel_id(bpf, getpid());
    if (self <= 0)
        return give_up(bpf, self ? errno : ESRCH, "iterate", "the kernel does not list the tracer's own process");
    bpf->bss->own_level = bpf->bss->found_level;
    unsigned process = kernel_id(bpf, options->pid);
    if (!process)
        return give_up(bpf, ESRCH, "find", "there is no such process");
    unsigned char one = 1;
    if (bpf_map__update_elem(bpf->maps.processes, &process, sizeof process, &one, sizeof one, BPF_ANY))
        return give_up(bpf, errno, "find", "the process can't be put on the list");
    bpf->bss->learner = self;
    if (fdtrace_bpf__attach(bpf))
        return give_up(bpf, errno, "attach", "the kernel does not attach the BPF program");
    if (!learn(bpf))
        return give_up(bpf, ENOTSUP, "learn", "the kernel does not show where it allocates files");
    bpf->bss->learner = 0;
    return bpf;
}

void *tracer_table(struct fdtrace_bpf *bpf, int pid, size_t *size)
{
    int process = kernel_id(bpf, pid);
    *size = 0;
    if (process < 0)
        return NULL;
    bpf->bss->shown = process;
    return process ? iterate(bpf->progs.show_files, pid, size) : calloc(1, 1);
}

struct counters tracer_counters(struct fdtrace_bpf *bpf)
{
    struct counters counters = {
        .seen = bpf->bss->seen,
        .dropped = bpf->bss->dropped,
        .unpaired = bpf->bss->unpaired,
    };
    struct bpf_program *program;
    bpf_object__for_each_program(program, bpf->obj) {
        struct bpf_prog_info info = {0};
        unsigned size = sizeof info;
        if (!bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
            counters.missed += info.recursion_misses;
    }
    counters.lost = counters.dropped + counters.unpaired + counters.missed;
    return counters;
}
