#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "apps.h"
#include "json.h"
#include "load/permit.h"
#include "table/snapshot.h"
#include "tracer.h"

/* An app; its place in the table is the number of its group. */
struct app {
    int pid;             /* 0: the place is free */
    int life;            /* a pidfd; -1: it has ended */
    struct skips before; /* it came */
    struct inherited inherited;
};

static struct app apps[GROUPS_MAX];
static unsigned next_group;
static int watch = -1;

int apps_watch(void)
{
    return watch = epoll_create1(EPOLL_CLOEXEC);
}

static struct app *find(int pid)
{
    for (int i = 0; i < GROUPS_MAX; i++)
        if (apps[i].pid == pid)
            return &apps[i];
    return NULL;
}

/* In turn, so that what is left of a forgotten app does not meet the next one. */
static struct app *free_place(void)
{
    for (int i = 0; i < GROUPS_MAX; i++)
        if (!apps[next_group++ % GROUPS_MAX].pid)
            return &apps[(next_group - 1) % GROUPS_MAX];
    return NULL;
}

static void end_life(struct app *app)
{
    if (app->life >= 0)
        close(app->life);
    app->life = -1;
}

static void detach(struct fdtrace_bpf *bpf, struct app *app)
{
    tracer_drop(bpf, app - apps);
    end_life(app);
    free(app->inherited.files);
    *app = (struct app){0};
}

static bool refuse(int error, const char *doing, const char *message)
{
    json_error(error, doing, message);
    return false;
}

bool apps_trace(struct fdtrace_bpf *bpf, int pid, int signal)
{
    struct app *known = find(pid);
    if (known && known->life >= 0)
        return refuse(EEXIST, "find", "the process is traced already");
    if (known)
        detach(bpf, known);
    struct app *app = free_place();
    if (!app)
        return refuse(ENOSPC, "find", "there are too many traced processes");
    struct process how = {.group = app - apps, .signal = signal};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = app};
    *app = (struct app){.pid = pid, .before = tracer_skips(bpf)};
    /* Before anybody is told to go on: a process that has ended and was reaped can't be opened any more. */
    app->life = syscall(SYS_pidfd_open, pid, 0);
    if (app->life < 0 || !may_observe(pid) || epoll_ctl(watch, EPOLL_CTL_ADD, app->life, &event) ||
        !tracer_add(bpf, pid, how)) {
        int error = errno;
        detach(bpf, app);
        return refuse(error, "find",
                      error == ESRCH   ? "there is no such process"
                      : error == EPERM ? "the process belongs to another user"
                                       : "the process can't be traced");
    }
    if (!inherited_read(bpf, pid, &app->inherited)) {
        int error = errno;
        detach(bpf, app);
        return refuse(error, "iterate", "the kernel does not list the descriptors");
    }
    printf("{\"type\":\"ready\",\"pid\":%d,\"signal\":%d,\"inherited\":%zu}\n", pid, signal, app->inherited.count);
    fflush(stdout);
    return true;
}

void apps_forget(struct fdtrace_bpf *bpf, int pid)
{
    struct app *app = find(pid);
    if (app)
        detach(bpf, app);
    printf("{\"type\":\"forgotten\",\"pid\":%d}\n", pid);
    fflush(stdout);
}

void apps_snapshot(struct fdtrace_bpf *bpf, int pid)
{
    static const struct inherited none;
    if (!may_observe(pid) && errno == EPERM) {
        refuse(EPERM, "snapshot", "the process belongs to another user");
        return;
    }
    int group = tracer_group(bpf, pid);
    struct app *app = group == NO_GROUP ? NULL : &apps[group];
    if (group == NO_GROUP && errno == ESRCH)
        app = find(pid);
    else if (!app || !app->pid) {
        refuse(ESRCH, "snapshot", "the process is not traced");
        return;
    }
    if (!snapshot_print(bpf, pid, app ? &app->inherited : &none))
        return;
    struct group counters = app ? tracer_counters(bpf, app - apps) : (struct group){0};
    struct skips skips = {0};
    if (app) {
        skips = tracer_skips(bpf);
        skips.missed -= app->before.missed;
        skips.interrupted -= app->before.interrupted;
    }
    printf("{\"type\":\"snapshot-end\",\"pid\":%d,\"seen\":%llu,\"lost\":%llu,", pid, counters.seen,
           counters.dropped + counters.unpaired + skips.missed);
    printf("\"dropped\":%llu,\"unpaired\":%llu,\"missed\":%llu,\"interrupted\":%llu}\n", counters.dropped,
           counters.unpaired, skips.missed, skips.interrupted);
    fflush(stdout);
}

void apps_ended(void)
{
    struct epoll_event event;
    while (epoll_wait(watch, &event, 1, 0) > 0) {
        struct app *app = event.data.ptr;
        printf("{\"type\":\"ended\",\"pid\":%d}\n", app->pid);
        end_life(app);
    }
    fflush(stdout);
}
