/* The trial at the start: a kernel that preempts a program skips it for the threads that run there meanwhile, and does
 * not always count that. So the tracer makes files by threads of its own, all on one CPU, and counts. Every allocation
 * is made to last: then the scheduler's tick comes inside a program, if it can come there at all. Of a virtual machine
 * that shares its processor few ticks come: rounds follow until the threads have taken each other's place often enough. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "fdtrace.skel.h"
#include "tracer.h"
#include "load/trial.h"

enum { THREADS = 4, FILES_EACH = 100, PAUSE_NS = 100000, SWITCHES = 6, ROUNDS_MAX = 10 };

struct opener {
    unsigned made;
    /* How often the thread lost the CPU while it had more to do. */
    long switches;
};

static void *open_files(void *argument)
{
    struct opener *opener = argument;
    for (int i = 0; i < FILES_EACH; i++) {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        opener->made++;
        close(fd);
    }
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) == 0)
        opener->switches = usage.ru_nivcsw;
    return NULL;
}

/* Returns 0 or an errno. */
static int storm(struct opener *total)
{
    pthread_t threads[THREADS];
    struct opener openers[THREADS] = {0};
    pthread_attr_t attributes;
    cpu_set_t one;
    int started = 0, cpu = sched_getcpu(), error = pthread_attr_init(&attributes);
    if (error)
        return error;
    CPU_ZERO(&one);
    CPU_SET(cpu < 0 ? 0 : cpu, &one);
    error = pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
    for (; !error && started < THREADS; started += !error)
        error = pthread_create(&threads[started], &attributes, open_files, &openers[started]);
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        total->made += openers[i].made;
        total->switches += openers[i].switches;
    }
    pthread_attr_destroy(&attributes);
    return error;
}

bool trial_hold(struct fdtrace_bpf *bpf, struct trial *trial)
{
    *trial = (struct trial){0};
    if (!tracer_add(bpf, getpid(), (struct process){.group = TRIAL_GROUP}))
        return false;
    bpf->bss->trial_pause = PAUSE_NS;
    struct opener all = {0};
    int error = 0;
    for (int i = 0; !error && i < ROUNDS_MAX && all.switches < SWITCHES; i++)
        error = storm(&all);
    bpf->bss->trial_pause = 0;
    trial->made = all.made;
    trial->seen = tracer_counters(bpf, TRIAL_GROUP).seen;
    trial->calls = trial_calls(bpf);
    tracer_drop(bpf, TRIAL_GROUP);
    errno = error;
    return !error;
}
