/* What makes a descriptor past the hooks: an inline system call, io_uring, libc within itself. The tracer in the kernel sees
 * it, and asks the thread for its stack by a signal; this tells it of which events the hooks take care themselves. */
#define _GNU_SOURCE
#include "common/words.h"
#include "hooks/hooks.h"
#include "records/samples.h"
#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <unistd.h>

enum { ASKED = SIGSTKFLT /* no kernel sends it, and neither the JVM nor a profiler uses it */ };

THREAD_LOCAL uint32_t hooked;

#ifdef __x86_64__
#define RETURNED(context) ((context)->uc_mcontext.gregs[REG_RAX])
#define INTERRUPTED_AT(context) ((uintptr_t)(context)->uc_mcontext.gregs[REG_RIP])
#else
#define RETURNED(context) ((long)(context)->uc_mcontext.regs[0])
#define INTERRUPTED_AT(context) ((uintptr_t)(context)->uc_mcontext.pc)
#endif

static uintptr_t linker_begin, linker_end;

static int find_linker(struct dl_phdr_info *object, size_t size, void *base)
{
    (void)size;
    if (object->dlpi_addr != *(ElfW(Addr) *)base)
        return 0;
    linker_begin = object->dlpi_addr;
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_LOAD)
            linker_end = linker_begin + object->dlpi_phdr[i].p_vaddr + object->dlpi_phdr[i].p_memsz;
    return 1;
}

/* To ask JVMTI is to allocate, and perhaps to wait for a collection to end. So it must not be done with a lock that others
 * may want until then: malloc's, which opens this one file with it, and the dynamic linker's. Both close what they open. */
static bool holds_lock(const ucontext_t *context)
{
    static const char opened_by_malloc[] = "/proc/sys/vm/overcommit_memory";
    char link[32], path[sizeof opened_by_malloc];
    uintptr_t at = INTERRUPTED_AT(context);
    if (at >= linker_begin && at < linker_end)
        return true;
    snprintf(link, sizeof link, "/proc/self/fd/%ld", (long)RETURNED(context));
    ssize_t length = readlink(link, path, sizeof path);
    return length == sizeof path - 1 && !memcmp(path, opened_by_malloc, length);
}

/* The thread is on its way back from a system call that has just succeeded, wherever it is. */
static void on_asked(int signal, siginfo_t *info, void *context)
{
    int before = errno;
    (void)signal;
    (void)info;
    if (!holds_lock(context))
        record_sample(RETURNED((const ucontext_t *)context));
    errno = before;
}

/* A process that nobody traces gets EINVAL for it, and is never asked. */
void unhooked_begin(void)
{
    struct sigaction before, action = {.sa_sigaction = on_asked, .sa_flags = SA_SIGINFO | SA_RESTART};
    if (sigaction(ASKED, NULL, &before) || before.sa_handler != SIG_DFL || sigaction(ASKED, &action, NULL))
        return;
    ElfW(Addr) linker = getauxval(AT_BASE);
    dl_iterate_phdr(find_linker, &linker);
    prctl(ANNOUNCE, (uintptr_t)&hooked - (uintptr_t)__builtin_thread_pointer(), ASKED, 0, 0);
}
