/* The loader: attaches the tracer, then serves one command a line until it is told to stop. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "json.h"
#include "snapshot.h"
#include "tracer.h"

enum { SUCCESS, FAILURE, USAGE, LINE_MAX_SIZE = 256, SIGPROF_NUMBER = 27 };

static int usage(void)
{
    fputs("usage: fdtrace --pid PID [--signal NUMBER|0] [--no-stacks]\n", stderr);
    return USAGE;
}

static bool number(const char *text, int least, int most, int *value)
{
    char *end;
    errno = 0;
    long parsed = strtol(text, &end, 10);
    *value = parsed;
    return end != text && !*end && !errno && parsed >= least && parsed <= most;
}

static bool parse(int argc, char **argv, struct tracer_options *options)
{
    static const struct option known[] = {
        {"pid", required_argument, NULL, 'p'},
        {"signal", required_argument, NULL, 's'},
        {"no-stacks", no_argument, NULL, 'n'},
        {0},
    };
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        bool good = c == 'p'   ? number(optarg, 1, 1 << 30, &options->pid)
                    : c == 's' ? number(optarg, 0, 64, &options->signal)
                               : c == 'n';
        if (!good)
            return false;
        if (c == 'n')
            options->stacks = false;
    }
    return options->pid && optind == argc;
}

/* Returns false when the command was to stop. */
static bool obey(char *line, struct fdtrace_bpf *bpf, const struct inherited *inherited)
{
    static const char snapshot[] = "snapshot ";
    int pid;
    if (!strcmp(line, "stop"))
        return false;
    if (!strncmp(line, snapshot, sizeof snapshot - 1) && number(line + sizeof snapshot - 1, 1, 1 << 30, &pid))
        snapshot_print(bpf, pid, inherited);
    else
        json_error(EINVAL, "command", line);
    return true;
}

/* Serves the commands that have arrived; returns false at "stop" and at the end of input. */
static bool serve(struct fdtrace_bpf *bpf, const struct inherited *inherited)
{
    static char line[LINE_MAX_SIZE];
    static size_t used;
    ssize_t got = read(STDIN_FILENO, line + used, sizeof line - 1 - used);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    used += got;
    line[used] = 0;
    for (char *end; (end = memchr(line, '\n', used));) {
        *end++ = 0;
        if (!obey(line, bpf, inherited))
            return false;
        used -= end - line;
        memmove(line, end, used + 1);
    }
    if (used == sizeof line - 1)
        used = 0;
    return true;
}

int main(int argc, char **argv)
{
    struct tracer_options options = {.signal = SIGPROF_NUMBER, .stacks = true};
    struct inherited inherited = {0};
    if (!parse(argc, argv, &options))
        return usage();
    /* Before anybody is told to go on: a process that has ended and was reaped can't be opened any more. */
    int process = syscall(SYS_pidfd_open, options.pid, 0);
    struct fdtrace_bpf *bpf = tracer_start(&options);
    if (!bpf)
        return FAILURE;
    if (!inherited_read(bpf, options.pid, &inherited)) {
        json_error(errno, "iterate", "the kernel does not list the descriptors");
        return FAILURE;
    }
    printf("{\"type\":\"ready\",\"pid\":%d,\"signal\":%d,\"inherited\":%zu}\n", options.pid, options.signal, inherited.count);
    fflush(stdout);
    struct pollfd events[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = process, .events = POLLIN},
    };
    while (poll(events, 2, -1) >= 0 || errno == EINTR) {
        if (events[1].revents) {
            printf("{\"type\":\"ended\",\"pid\":%d}\n", options.pid);
            fflush(stdout);
            close(events[1].fd);
            events[1].fd = -1;
            events[1].revents = 0;
        }
        if (events[0].revents && !serve(bpf, &inherited))
            break;
    }
    return SUCCESS;
}
