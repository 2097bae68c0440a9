/* The second half of the trial: whether every kind of call makes its event, and a call that fails makes none. A compiler may
 * have put a function that is hooked into its caller, where no hook is passed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "tracer.h"
#include "load/trial.h"

enum { DESCRIPTORS = 12 };

/* What was made so far, to be closed at the end. */
struct made {
    struct fdtrace_bpf *bpf;
    int count, fds[DESCRIPTORS];
    unsigned long long seen;
    bool whole;
};

/* Takes note of a call: what it returned, and how many events it should have made if it was let. */
static int note(struct made *made, int result, int events)
{
    unsigned long long seen = tracer_counters(made->bpf, TRIAL_GROUP).seen;
    made->whole = made->whole && seen - made->seen == (unsigned)(result < 0 ? 0 : events);
    made->seen = seen;
    return result;
}

static int note_fd(struct made *made, int fd)
{
    if (fd >= 0)
        made->fds[made->count++] = fd;
    return note(made, fd, 1);
}

static void duplicate(struct made *made)
{
    int fd = note_fd(made, open("/dev/null", O_RDONLY | O_CLOEXEC));
    int other = note_fd(made, fcntl(fd, F_DUPFD_CLOEXEC, 0));
    note_fd(made, dup(fd));
    note(made, dup3(fd, other, O_CLOEXEC), 1);
    note(made, dup3(fd, -1, O_CLOEXEC), 1);
#ifdef SYS_dup2
    note(made, syscall(SYS_dup2, fd, other), 1);
    note(made, syscall(SYS_dup2, fd, fd), 0);
#endif
}

/* Sockets without a name in the file system: the kernel gives the listener one. */
static void converse(struct made *made)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t size = sizeof address;
    int listener = note_fd(made, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int client = note_fd(made, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    note(made, listen(listener, 1), 1);
    note(made, bind(listener, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path)), 1);
    if (getsockname(listener, (struct sockaddr *)&address, &size))
        return;
    note(made, connect(client, (struct sockaddr *)&address, size), 1);
    note(made, listen(listener, 1), 1);
    if (!note(made, connect(client, (struct sockaddr *)&address, size), 1))
        note_fd(made, accept4(listener, NULL, NULL, SOCK_CLOEXEC));
}

bool trial_calls(struct fdtrace_bpf *bpf)
{
    struct made made = {.bpf = bpf, .whole = true, .seen = tracer_counters(bpf, TRIAL_GROUP).seen};
    duplicate(&made);
    converse(&made);
    while (made.count)
        close(made.fds[--made.count]);
    return made.whole;
}
