/* The loader: attaches the tracer, then serves one command a line until "stop". See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "apps.h"
#include "common/lines.h"
#include "common/number.h"
#include "json.h"
#include "table/room.h"
#include "tracer.h"

struct options {
    int pid, signal;
    bool stacks;
};

enum { SUCCESS, FAILURE, USAGE, SIGPROF_NUMBER = 27 };

static int usage(void)
{
    fputs("usage: fdtrace [--pid PID] [--signal NUMBER|0] [--no-stacks] [--refuse PROGRAM,…]\n", stderr);
    return USAGE;
}

static bool parse_signal(const char *text, int *signal)
{
    long value;
    if (!parse_number(text, 0, 64, &value))
        return false;
    *signal = value;
    return true;
}

static bool parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"pid", required_argument, NULL, 'p'},
        {"signal", required_argument, NULL, 's'},
        {"no-stacks", no_argument, NULL, 'n'},
        {"refuse", required_argument, NULL, 'r'},
        {0},
    };
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        bool good = c == 'p'   ? parse_pid(optarg, &options->pid)
                    : c == 's' ? parse_signal(optarg, &options->signal)
                               : c == 'n' || c == 'r';
        if (!good)
            return false;
        if (c == 'n')
            options->stacks = false;
        if (c == 'r')
            programs_refuse(optarg);
    }
    return optind == argc;
}

/* Reads "PID" or, where a signal may follow, "PID signal N". */
static bool target(char *text, int *pid, int *signal)
{
    static const char word[] = " signal ";
    char *second = signal ? strstr(text, word) : NULL;
    if (second)
        *second = 0;
    bool good = parse_pid(text, pid) && (!second || parse_signal(second + sizeof word - 1, signal));
    if (second)
        *second = ' ';
    return good;
}

static bool begins(const char *line, const char *word)
{
    return !strncmp(line, word, strlen(word));
}

/* Returns false when the command was to stop. */
static bool run_command(char *line, struct fdtrace_bpf *bpf, const struct options *options)
{
    static const char snapshot[] = "snapshot ", trace[] = "trace ", forget[] = "forget ";
    int pid, signal = options->signal;
    if (!strcmp(line, "stop"))
        return false;
    if (begins(line, snapshot) && target(line + sizeof snapshot - 1, &pid, NULL))
        apps_snapshot(bpf, pid);
    else if (begins(line, trace) && target(line + sizeof trace - 1, &pid, &signal))
        apps_trace(bpf, pid, signal);
    else if (begins(line, forget) && target(line + sizeof forget - 1, &pid, NULL))
        apps_forget(bpf, pid);
    else
        json_error(EINVAL, "command", line);
    return true;
}

/* Serves the commands that have arrived; returns false at "stop" and at the end of input. */
static bool serve(struct fdtrace_bpf *bpf, const struct options *options)
{
    static struct lines lines;
    bool more = lines_read(&lines, STDIN_FILENO);
    for (char *line; (line = lines_next(&lines));)
        if (!run_command(line, bpf, options))
            return false;
    return more;
}

static void print_loaded(const struct start *start)
{
    static const char *const sets[] = {"functions", "raw", "classic"};
    printf("{\"type\":\"loaded\",\"tracepoints\":\"%s\",\"missing\":[", sets[start->set]);
    for (unsigned i = 0; i < start->missing.count; i++) {
        const struct refusal *part = &start->missing.parts[i];
        const char *code = strerrorname_np(part->error);
        printf("%s{\"program\":\"%s\",\"code\":\"%s\"}", i ? "," : "", part->program, code ? code : "EIO");
    }
    printf("],\"trial\":{\"made\":%u,\"seen\":%u}}\n", start->trial.made, start->trial.seen);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct options options = {.signal = SIGPROF_NUMBER, .stacks = true};
    if (!parse(argc, argv, &options))
        return usage();
    struct start start;
    struct fdtrace_bpf *bpf = tracer_start(options.stacks, &start);
    if (!bpf)
        return FAILURE;
    struct pollfd events[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = apps_watch(), .events = POLLIN},
        {.fd = room_watch(bpf), .events = POLLIN},
    };
    if (events[1].fd < 0 || events[2].fd < 0) {
        json_error(errno, "watch", "the tracer can't wait for its processes or for its records");
        return FAILURE;
    }
    print_loaded(&start);
    if (options.pid && !apps_trace(bpf, options.pid, options.signal))
        return FAILURE;
    while (poll(events, sizeof events / sizeof *events, -1) >= 0 || errno == EINTR) {
        if (events[2].revents && !room_make(bpf))
            perror("fdtrace: the kernel does not list the records");
        if (events[1].revents)
            apps_ended();
        if (events[0].revents && !serve(bpf, &options))
            break;
    }
    return SUCCESS;
}
