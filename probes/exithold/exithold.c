/* Stops a process in the moment in which it ends, while its descriptors are still there. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "common/lines.h"
#include "common/number.h"

enum { SUCCESS, FAILURE, USAGE, HELD_MAX = 64, HOLD_SECONDS = 30 };

/* Forked processes are followed; threads are not: one that is held keeps the table that all of them share. */
static const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;

/* Those at their end, and when they go on even if nobody says so. */
static struct {
    pid_t pid;
    time_t until;
} held[HELD_MAX];

static time_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static void detach(int slot)
{
    ptrace(PTRACE_DETACH, held[slot].pid, 0, 0);
    held[slot].pid = 0;
}

static void hold(pid_t pid)
{
    unsigned long status = 0;
    ptrace(PTRACE_GETEVENTMSG, pid, 0, &status);
    for (int i = 0; i < HELD_MAX; i++)
        if (!held[i].pid) {
            held[i].pid = pid;
            held[i].until = now() + HOLD_SECONDS;
            printf("{\"type\":\"exit\",\"pid\":%d,\"status\":%lu}\n", pid, status);
            fflush(stdout);
            return;
        }
    ptrace(PTRACE_DETACH, pid, 0, 0);
}

/* A traced thread stops for whatever happens to it; all but its end is none of our business and goes on as it would. */
static void on_stop(pid_t pid, int status)
{
    int event = status >> 16, signal = WSTOPSIG(status);
    if (!WIFSTOPPED(status))
        return;
    if (event == PTRACE_EVENT_EXIT)
        hold(pid);
    else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP)
        ptrace(PTRACE_LISTEN, pid, 0, 0); /* it is stopped by job control, and stays so until SIGCONT */
    else
        ptrace(PTRACE_CONT, pid, 0, (long)(event ? 0 : signal));
}

static void run_command(const char *line)
{
    static const char release[] = "release ";
    int pid;
    if (strncmp(line, release, sizeof release - 1) || !parse_pid(line + sizeof release - 1, &pid))
        return;
    for (int i = 0; i < HELD_MAX; i++)
        if (held[i].pid == pid)
            detach(i);
}

/* Runs the lines `release PID` that have arrived; returns false at the end of input. */
static bool serve(void)
{
    static struct lines lines;
    bool more = lines_read(&lines, STDIN_FILENO);
    for (const char *line; (line = lines_next(&lines));)
        run_command(line);
    return more;
}

int main(int argc, char **argv)
{
    pid_t pid;
    if (argc != 3 || strcmp(argv[1], "--pid") || !parse_pid(argv[2], &pid)) {
        fputs("usage: exithold --pid PID\n", stderr);
        return USAGE;
    }
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    struct pollfd events[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN},
    };
    if (ptrace(PTRACE_SEIZE, pid, 0, options)) {
        fprintf(stderr, "exithold: process %d can't be watched: %s\n", pid, strerror(errno));
        return FAILURE;
    }
    puts("{\"type\":\"ready\"}");
    fflush(stdout);
    /* However this process ends, the kernel lets everybody go on whom it watches. */
    while (poll(events, 2, 1000) >= 0 || errno == EINTR) {
        struct signalfd_siginfo notice;
        while (read(events[1].fd, &notice, sizeof notice) > 0) {
        }
        int status;
        for (pid_t stopped; (stopped = waitpid(-1, &status, __WALL | WNOHANG)) > 0;)
            on_stop(stopped, status);
        for (int i = 0; i < HELD_MAX; i++)
            if (held[i].pid && now() > held[i].until)
                detach(i);
        if (events[0].revents && !serve())
            break;
    }
    return SUCCESS;
}
