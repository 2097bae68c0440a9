/* Calls that return twice, and syscall(2), which makes any call. */
#define _GNU_SOURCE
#include "hooks/hooks.h"
#include <sys/syscall.h>
#include <sys/types.h>

/* A tail call, as the compiler makes it at -O2: the child would return through our frame and spoil it for the parent.
 * What posix_spawn does in its child is inside libc, and never comes here. */
HOOK(pid_t, vfork, "vfork")
{
    before_fork();
    return REAL(vfork)(ARGUMENTS);
}

HOOK(pid_t, _Fork, "fork")
{
    before_fork();
    return CALL(_Fork);
}

/* Seven arguments, the last ones variadic. */
static int (*real_clone)(PARAMETERS, long g);
EXPORTED(int, clone, (PARAMETERS, long g));
static struct hook row_clone __attribute__((section("late"), used, aligned(8))) = {
    .name = "clone", .call = "clone", .real = (void **)&real_clone, .own = (void *)hook_clone};
int hook_clone(PARAMETERS, long g)
{
    before_fork();
    return REAL(clone)(ARGUMENTS, g);
}

static long (*real_syscall)(long number, PARAMETERS);
EXPORTED(long, syscall, (long number, PARAMETERS));
static struct hook row_syscall __attribute__((section("hooks"), used, aligned(8))) = {
    .name = "syscall", .call = "syscall", .real = (void **)&real_syscall, .own = (void *)hook_syscall};

/* The calls whose result is a descriptor that they made. */
static const char *opening_call(long number)
{
#define IS(name)     \
    case SYS_##name: \
        return #name;
    switch (number) {
/* clang-format off */
#ifdef SYS_open
        IS(open) IS(creat) IS(epoll_create) IS(inotify_init) IS(eventfd)
#endif
        IS(openat) IS(openat2) IS(socket) IS(accept) IS(accept4) IS(epoll_create1) IS(eventfd2) IS(timerfd_create)
        IS(inotify_init1) IS(memfd_create) IS(pidfd_open) IS(pidfd_getfd) IS(perf_event_open) IS(io_uring_setup)
        IS(userfaultfd) IS(fsopen) IS(fsmount) IS(fspick) IS(open_tree) IS(bpf) IS(fanotify_init)
        IS(landlock_create_ruleset) IS(open_by_handle_at)
#ifdef SYS_memfd_secret
        IS(memfd_secret)
#endif
        /* clang-format on */
    }
    return NULL;
}

static long syscall_and_record(long number, PARAMETERS, const char *call, uintptr_t caller)
{
    if (number == SYS_close)
        record_close(a);
    long result = AROUND(REAL(syscall)(number, ARGUMENTS));
    /* Most commands of bpf(2) return 0 and no descriptor. */
    if (result < 0 || (number == SYS_bpf && result == 0))
        return result;
    if (call)
        record_open(result, &row_syscall, call, caller);
    else if (number != SYS_close)
        record_dup(a, result, &row_syscall, caller);
    return result;
}

static bool is_fork(long number)
{
#ifdef SYS_fork
    if (number == SYS_fork || number == SYS_vfork)
        return true;
#endif
    return number == SYS_clone || number == SYS_clone3;
}

static bool is_dup(long number)
{
#ifdef SYS_dup2
    if (number == SYS_dup2)
        return true;
#endif
    return number == SYS_dup || number == SYS_dup3;
}

/* Whatever makes no descriptor is a tail call, as the compiler makes it at -O2: a call that returns twice must not return
 * through a frame of ours. */
long hook_syscall(long number, PARAMETERS)
{
    const char *call = opening_call(number);
    if (is_fork(number))
        before_fork();
    if (call || is_dup(number) || number == SYS_close)
        return syscall_and_record(number, ARGUMENTS, call, CALLER);
    return REAL(syscall)(number, ARGUMENTS);
}
