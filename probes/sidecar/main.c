/* Does on the machine of a Docker engine what the harness can't do from where it is. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "channels.h"
#include "frames.h"
#include "paths.h"
#include "processes.h"
#include "requests.h"

enum { MOST_WORDS = 24 };

/* What may be run, and nothing else. */
static const char tracer[] = "fdtrace";

/* Cuts `word NUL word NUL` into words; returns how many there are. */
static int split(char *bytes, size_t size, char **words)
{
    int count = 0;
    for (char *at = bytes, *end = bytes + size; at < end && count < MOST_WORDS; at += strlen(at) + 1)
        words[count++] = at;
    return count;
}

static void request(struct frame *frame)
{
    char *words[MOST_WORDS];
    /* The last word must end where the frame does. */
    int count = frame->size && !frame->payload[frame->size - 1] ? split(frame->payload, frame->size, words) : 0;
    if (count == 4 && !strcmp(words[0], "connect"))
        channel_connect(frame->id, words + 1);
    else if (count == 3 && !strcmp(words[0], "dial"))
        channel_dial(frame->id, words + 1);
    else if (count > 1 && !strcmp(words[0], "run") && !strcmp(words[1], tracer))
        channel_run(frame->id, words[1], words + 2, count - 2);
    else if (!count || !answer(frame->id, words[0], words + 1, count - 1))
        frame_error(frame->id, EINVAL);
}

static void take(struct frame *frame)
{
    if (frame->kind == '?')
        request(frame);
    else if (frame->kind == '<')
        channel_write(frame->id, frame->payload, frame->size);
    else if (frame->kind == 'x')
        channel_close(frame->id);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--inside"))
        inside = true;
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        struct pollfd files[1 + 2 * MOST_CHANNELS] = {{.fd = STDIN_FILENO, .events = POLLIN}};
        int count = channels_watched(files + 1);
        if (poll(files, 1 + count, -1) < 0 && errno != EINTR)
            return 1;
        channels_serve(files + 1, count);
        if (files[0].revents && !frames_receive(take)) {
            end_adopted();
            return 0;
        }
    }
}
