/* What makes a descriptor past the hooks: an inline system call, io_uring, libc within itself. The tracer in the kernel sees
 * it, and asks the thread for its stack by a signal; this tells it of which events the hooks take care themselves. */
#define _GNU_SOURCE
#include "hooks.h"
#include <signal.h>
#include <sys/prctl.h>
#include <ucontext.h>

enum {
    ANNOUNCE = 0x66647072, /* as probes/fdtrace knows it; no prctl of any kernel */
    ASKED = SIGSTKFLT,     /* no kernel sends it, and neither the JVM nor a profiler uses it */
};

THREAD_LOCAL uint32_t hooked;

#ifdef __x86_64__
#define INTERRUPTED_AT(context) ((context)->uc_mcontext.gregs[REG_RIP])
#define RETURNED(context) ((context)->uc_mcontext.gregs[REG_RAX])
#else
#define INTERRUPTED_AT(context) ((context)->uc_mcontext.pc)
#define RETURNED(context) ((long)(context)->uc_mcontext.regs[0])
#endif

/* The thread is on its way back from a system call that has just succeeded. So it is where a hook would be: in native code
 * that has called into nothing that it could call twice, not in malloc, and not with a lock of ours. */
static void on_asked(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    const ucontext_t *interrupted = context;
    record_sample(RETURNED(interrupted), INTERRUPTED_AT(interrupted));
}

/* A process that nobody traces gets EINVAL for it, and is never asked. */
void unhooked_begin(void)
{
    struct sigaction before, action = {.sa_sigaction = on_asked, .sa_flags = SA_SIGINFO | SA_RESTART};
    if (sigaction(ASKED, NULL, &before) || before.sa_handler != SIG_DFL || sigaction(ASKED, &action, NULL))
        return;
    prctl(ANNOUNCE, (uintptr_t)&hooked - (uintptr_t)__builtin_thread_pointer(), ASKED, 0, 0);
}
