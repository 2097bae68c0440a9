#define _GNU_SOURCE
#include "channels.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/listener.h"
#include "common/number.h"
#include "paths.h"

enum { MOST_ARGUMENTS = 16, CLOSED = -1, DIAL_SECONDS = 5 };

static struct channel {
    bool used;
    uint32_t id;
    int to, from, diagnostics;
    pid_t program;
} channels[MOST_CHANNELS];

static struct channel *unused(void)
{
    for (int i = 0; i < MOST_CHANNELS; i++)
        if (!channels[i].used)
            return &channels[i];
    errno = EMFILE;
    return NULL;
}

static struct channel *find(uint32_t id)
{
    for (int i = 0; i < MOST_CHANNELS; i++)
        if (channels[i].used && channels[i].id == id)
            return &channels[i];
    return NULL;
}

static void shut(int *file)
{
    if (*file != CLOSED)
        close(*file);
    *file = CLOSED;
}

/* Makes all pipes or none. */
static bool open_pipes(int (*pipes)[2], int count)
{
    for (int i = 0; i < count; i++)
        if (pipe2(pipes[i], O_CLOEXEC)) {
            while (i--) {
                close_quietly(pipes[i][0]);
                close_quietly(pipes[i][1]);
            }
            return false;
        }
    return true;
}

static void end(struct channel *channel)
{
    char how[32] = "0";
    /* A socket has one descriptor for both directions. */
    if (channel->to == channel->from)
        channel->to = CLOSED;
    shut(&channel->to);
    shut(&channel->from);
    shut(&channel->diagnostics);
    if (channel->program) {
        int status = 0;
        waitpid(channel->program, &status, 0);
        if (WIFSIGNALED(status))
            snprintf(how, sizeof how, "signal %d", WTERMSIG(status));
        else
            snprintf(how, sizeof how, "%d", WEXITSTATUS(status));
    }
    channel->used = false;
    frame_text(channel->id, END, how);
}

void channel_connect(uint32_t id, char **words)
{
    int pid;
    long uid;
    if (!parse_pid(words[1], &pid) || !parse_number(words[2], 0, UINT32_MAX, &uid)) {
        frame_error(id, EINVAL);
        return;
    }
    struct channel *channel = unused();
    int place = channel ? path_open(words[0], O_PATH | O_NOFOLLOW) : CLOSED;
    if (place < 0) {
        frame_error(id, errno);
        return;
    }
    int file = connect_to_listener(place, pid, (uid_t)uid);
    close_quietly(place);
    if (file < 0) {
        frame_error(id, errno);
        return;
    }
    *channel = (struct channel){true, id, file, file, CLOSED, 0};
    frame_text(id, RESULT, "");
}

/* Of a helper that was put into the network of an app's container. */
static int dial(const char *address, const char *port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    bool long_one = strchr(address, ':');
    long number;
    if (!parse_number(port, 1, UINT16_MAX, &number) ||
        inet_pton(long_one ? AF_INET6 : AF_INET, address, long_one ? (void *)&six.sin6_addr : &four.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    six.sin6_port = four.sin_port = htons(number);
    const struct sockaddr *whom = long_one ? (const struct sockaddr *)&six : (const struct sockaddr *)&four;
    int file = socket(whom->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval wait = {.tv_sec = DIAL_SECONDS}, none = {0};
    /* The limit of a send is that of a connection, too, and has to go when there is one. */
    if (file >= 0 && (setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) ||
                      connect(file, whom, long_one ? sizeof six : sizeof four) ||
                      setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none))) {
        close_quietly(file);
        return -1;
    }
    return file;
}

void channel_dial(uint32_t id, char **words)
{
    struct channel *channel = unused();
    int file = channel ? dial(words[0], words[1]) : CLOSED;
    if (file < 0) {
        frame_error(id, errno);
        return;
    }
    *channel = (struct channel){true, id, file, file, CLOSED, 0};
    frame_text(id, RESULT, "");
}

static void become(const char *program, char **arguments, int count, const int *ends)
{
    char *line[MOST_ARGUMENTS + 2] = {(char *)program};
    for (int i = 0; i < count; i++)
        line[i + 1] = arguments[i];
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[0], STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[2], STDERR_FILENO);
    char place[64];
    snprintf(place, sizeof place, "/%s", program);
    execv(place, line);
    dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno));
    _exit(127);
}

void channel_run(uint32_t id, const char *program, char **arguments, int count)
{
    struct channel *channel = unused();
    enum { IN, OUT, DIAGNOSTICS_PIPE, PIPES };
    int pipes[PIPES][2];
    if (!channel || count > MOST_ARGUMENTS) {
        frame_error(id, EMFILE);
        return;
    }
    if (!open_pipes(pipes, PIPES)) {
        frame_error(id, errno);
        return;
    }
    int theirs[] = {pipes[IN][0], pipes[OUT][1], pipes[DIAGNOSTICS_PIPE][1]};
    int ours[] = {pipes[IN][1], pipes[OUT][0], pipes[DIAGNOSTICS_PIPE][0]};
    pid_t child = fork();
    if (child == 0)
        become(program, arguments, count, theirs);
    for (int i = 0; i < PIPES; i++)
        close_quietly(theirs[i]);
    if (child < 0) {
        frame_error(id, errno);
        for (int i = 0; i < PIPES; i++)
            close(ours[i]);
        return;
    }
    *channel = (struct channel){true, id, ours[IN], ours[OUT], ours[DIAGNOSTICS_PIPE], child};
    frame_text(id, RESULT, "");
}

void channel_write(uint32_t id, const char *bytes, size_t size)
{
    struct channel *channel = find(id);
    if (!channel || channel->to == CLOSED)
        return;
    if (!size && channel->program) {
        shut(&channel->to);
        return;
    }
    if (!size)
        shutdown(channel->to, SHUT_WR);
    while (size) {
        ssize_t sent = write(channel->to, bytes, size);
        if (sent < 0 && errno == EINTR)
            continue;
        /* Gone: its end will be read. */
        if (sent <= 0)
            return;
        bytes += sent;
        size -= sent;
    }
}

void channel_close(uint32_t id)
{
    struct channel *channel = find(id);
    if (!channel)
        return;
    if (channel->program)
        kill(channel->program, SIGKILL);
    end(channel);
}

int channels_watched(struct pollfd *files)
{
    int count = 0;
    for (int i = 0; i < MOST_CHANNELS; i++)
        if (channels[i].used) {
            files[count++] = (struct pollfd){.fd = channels[i].from, .events = POLLIN};
            files[count++] = (struct pollfd){.fd = channels[i].diagnostics, .events = POLLIN};
        }
    return count;
}

static void pass_on(struct channel *channel, int *file, enum kind kind)
{
    static char bytes[1 << 16];
    ssize_t got = read(*file, bytes, sizeof bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got > 0) {
        frame_send(channel->id, kind, bytes, got);
        return;
    }
    if (channel->to == *file)
        channel->to = CLOSED;
    shut(file);
    if (channel->from == CLOSED && channel->diagnostics == CLOSED)
        end(channel);
}

void channels_serve(const struct pollfd *files, int count)
{
    for (int i = 0; i < count; i++)
        for (int k = 0; files[i].fd != CLOSED && files[i].revents && k < MOST_CHANNELS; k++) {
            if (!channels[k].used)
                continue;
            if (channels[k].from == files[i].fd)
                pass_on(&channels[k], &channels[k].from, OUTPUT);
            else if (channels[k].diagnostics == files[i].fd)
                pass_on(&channels[k], &channels[k].diagnostics, DIAGNOSTICS);
            else
                continue;
            break;
        }
}
