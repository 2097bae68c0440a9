/* Which threads are watched, and when they are not. */
#define _GNU_SOURCE
#include "agent.h"
#include "guard.h"
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic pid_t self; /* 0: nobody is watched */
static _Atomic bool paused;
static THREAD_LOCAL bool inside, may_be_child;
static THREAD_LOCAL int saved_errno;
static THREAD_LOCAL uint32_t tid;

/* What a JVM forks becomes another program; and its copy of all this may hold a lock that nobody gives back. But what a
 * launcher forks before there is a JVM, and has but its first thread, may become the JVM: a CRaC JDK's does so as pid 1. */
static void in_child(void)
{
    bool of_launcher = !jvmti() && tid == (uint32_t)self;
    self = of_launcher ? getpid() : 0;
    tid = self;
}

void guard_begin(void)
{
    pthread_atfork(NULL, NULL, in_child);
    self = getpid();
    own_tid(); /* it may fork before it has opened anything */
}

void guard_watch(bool now)
{
    paused = !now;
}

/* A child between vfork and exec shares our memory and our thread's own variables; only its pid tells it from us. */
void before_fork(void)
{
    may_be_child = true;
}

/* Without `inside`, what this library opens itself would be recorded, and a signal handler that opens a file would wait
 * for the lock that its own thread holds. Without the look at the pid, a child of vfork, which closes all that it
 * inherits, would take the records of what is open here. Without errno, an app that looks at it after a successful call
 * would see ours. */
bool enter(int fd)
{
    if (inside || fd < 0 || !self || paused)
        return false;
    int before = errno;
    if (may_be_child) {
        if (getpid() != self)
            return false;
        may_be_child = false;
    }
    saved_errno = before;
    inside = true;
    return true;
}

void leave(void)
{
    inside = false;
    errno = saved_errno;
}

uint32_t own_tid(void)
{
    if (!tid)
        tid = syscall(SYS_gettid);
    return tid;
}

uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}
