/* Conversations that go on: with a socket or a port of the app, and with the tracer. */
#pragma once
#include <poll.h>
#include "frames.h"

enum { MOST_CHANNELS = 64 };

/* Each answers its request, and opens a channel under the request's number. */
void channel_connect(uint32_t id, char **words);
void channel_dial(uint32_t id, char **words);
void channel_run(uint32_t id, const char *program, char **arguments, int count);
/* What the other side has sent into a channel; nothing at all is the end. */
void channel_write(uint32_t id, const char *bytes, size_t size);
void channel_close(uint32_t id);

/* What is to be waited for, and what to do when it has come. */
int channels_watched(struct pollfd *files);
void channels_serve(const struct pollfd *files, int count);
