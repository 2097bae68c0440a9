/* Holds a command at its very first instruction until somebody outside is ready to watch it. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
#include "common/number.h"
#include "told.h"

enum { NOT_RELEASED = 124, USAGE = 125, CANNOT_RUN = 126, NOT_FOUND = 127 };

struct options {
    long seconds;
    bool die_with_parent;
    const char *output;
    const char *from;
    char **command;
};

/* SIGCONT stands last: its handler tells the outside that a release can no longer be lost. */
static const int waited[] = {SIGTERM, SIGINT, SIGHUP, SIGCONT};
enum { WAITED = sizeof waited / sizeof *waited };

static volatile sig_atomic_t arrived;

static void note(int signal)
{
    if (!arrived || signal != SIGCONT)
        arrived = signal;
}

static int usage(const char *problem, const char *value)
{
    fprintf(stderr,
            "gate: %s%s\nusage: gate [--timeout SECONDS] [--die-with-parent] [--output FILE] -- COMMAND [ARG...]\n"
            "       gate [--timeout SECONDS] --from FILE\n",
            problem, value);
    return USAGE;
}

static int parse(char **argv, struct options *options)
{
    char **at = argv + 1;
    for (; *at && **at == '-'; at++) {
        if (!strcmp(*at, "--")) {
            at++;
            break;
        }
        if (!strcmp(*at, "--die-with-parent")) {
            options->die_with_parent = true;
        } else if (!strcmp(*at, "--output")) {
            if (!at[1])
                return usage("--output needs a file", "");
            options->output = *++at;
        } else if (!strcmp(*at, "--from")) {
            if (!at[1])
                return usage("--from needs a file", "");
            options->from = *++at;
        } else if (!strcmp(*at, "--timeout")) {
            if (!at[1])
                return usage("--timeout needs a number of seconds", "");
            if (!parse_number(*++at, 1, LONG_MAX, &options->seconds))
                return usage("--timeout needs a number of seconds above 0, not ", *at);
        } else {
            return usage("unknown option ", *at);
        }
    }
    options->command = at;
    if (options->from)
        return *at ? usage("a command and --from exclude each other: ", *at) : 0;
    return *at ? 0 : usage("no command", "");
}

/* Puts an open file in the place of a standard stream; the file itself may have got that number. */
static int put(int file, int stream)
{
    if (file < 0 || file == stream)
        return file < 0 ? -1 : 0;
    return dup2(file, stream) < 0 || (file > STDERR_FILENO && close(file)) ? -1 : 0;
}

/* The standard streams lead nowhere and into a file: an engine writes no image of a socket or pipe of somebody else. */
static int redirect(const char *output)
{
    if (put(open("/dev/null", O_RDONLY), STDIN_FILENO))
        return -1;
    return put(open(output, O_WRONLY | O_APPEND | O_CREAT, 0600), STDOUT_FILENO) ||
                   dup2(STDOUT_FILENO, STDERR_FILENO) < 0
               ? -1
               : 0;
}

/* Returns the signal that ended the wait, 0 when the time was up. */
static int wait_for_release(long seconds)
{
    sigset_t blocked, inherited, open;
    struct sigaction before[WAITED];
    sigemptyset(&blocked);
    for (int i = 0; i < WAITED; i++)
        sigaddset(&blocked, waited[i]);
    sigprocmask(SIG_BLOCK, &blocked, &inherited);
    open = inherited;
    for (int i = 0; i < WAITED; i++) {
        struct sigaction handler = {.sa_handler = note};
        sigaction(waited[i], NULL, &before[i]);
        /* Who ignores a signal (nohup) means it; only the release is not to be ignored. */
        if (before[i].sa_handler == SIG_IGN && waited[i] != SIGCONT)
            continue;
        sigdelset(&open, waited[i]);
        sigaction(waited[i], &handler, NULL);
    }
    struct timespec limit = {.tv_sec = seconds};
    while (!arrived && ppoll(NULL, 0, &limit, &open) < 0 && errno == EINTR) {
    }
    for (int i = 0; i < WAITED; i++)
        sigaction(waited[i], &before[i], NULL);
    sigprocmask(SIG_SETMASK, &inherited, NULL);
    return arrived;
}

int main(int argc, char **argv)
{
    (void)argc;
    struct options options = {.seconds = 300};
    pid_t parent = getppid();
    int failure = parse(argv, &options);
    if (failure)
        return failure;
    if (options.die_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* The parent may have died before the kernel knew that it matters. */
        if (getppid() != parent)
            return NOT_RELEASED;
    }
    if (options.output && redirect(options.output)) {
        fprintf(stderr, "gate: %s: %s\n", options.output, strerror(errno));
        return CANNOT_RUN;
    }
    int signal = wait_for_release(options.seconds);
    if (signal != SIGCONT) {
        fprintf(stderr, signal ? "gate: ended by signal %d before it was released\n" : "gate: not released in time\n",
                signal);
        return signal ? 128 + signal : NOT_RELEASED;
    }
    if (options.from && !(options.command = told_in(options.from))) {
        fprintf(stderr, "gate: %s: %s\n", options.from, strerror(errno));
        return CANNOT_RUN;
    }
    execvp(*options.command, options.command);
    failure = errno;
    fprintf(stderr, "gate: %s: %s\n", *options.command, strerror(failure));
    return failure == ENOENT ? NOT_FOUND : CANNOT_RUN;
}
