#define _GNU_SOURCE
#include "frames.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static void send_all(const void *bytes, size_t size)
{
    for (const char *at = bytes; size;) {
        ssize_t sent = write(STDOUT_FILENO, at, size);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            _exit(1);
        at += sent;
        size -= sent;
    }
}

static void put(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = value >> (8 * i);
}

static uint32_t get(const char *bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;
    return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

void frame_send(uint32_t id, enum kind kind, const void *payload, size_t size)
{
    unsigned char header[HEADER];
    put(header, size);
    put(header + 4, id);
    header[8] = kind;
    send_all(header, sizeof header);
    send_all(payload, size);
}

void frame_text(uint32_t id, enum kind kind, const char *text)
{
    frame_send(id, kind, text, strlen(text));
}

void frame_error(uint32_t id, int error)
{
    static const struct {
        int number;
        const char *name;
    } known[] = {{ENOENT, "ENOENT"}, {EACCES, "EACCES"},     {EPERM, "EPERM"},   {ESRCH, "ESRCH"},
                 {EINVAL, "EINVAL"}, {ENOTDIR, "ENOTDIR"},   {EISDIR, "EISDIR"}, {EEXIST, "EEXIST"},
                 {EROFS, "EROFS"},   {EAGAIN, "EAGAIN"},     {EMFILE, "EMFILE"}, {ENAMETOOLONG, "ENAMETOOLONG"},
                 {ENOSYS, "ENOSYS"}, {ENOSPC, "ENOSPC"},     {ELOOP, "ELOOP"},   {ECONNREFUSED, "ECONNREFUSED"},
                 {ENOMEM, "ENOMEM"}, {ENOTSOCK, "ENOTSOCK"}, {ENXIO, "ENXIO"},   {EXDEV, "EXDEV"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == error) {
            frame_text(id, ERROR, known[i].name);
            return;
        }
    frame_text(id, ERROR, "EIO");
}

int frames_receive(void (*take)(struct frame *))
{
    static char *arrived;
    static size_t used, room;
    if (room - used < CHUNK) {
        room = used + CHUNK;
        arrived = realloc(arrived, room);
        if (!arrived)
            _exit(1);
    }
    ssize_t got = read(STDIN_FILENO, arrived + used, room - used);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    used += got;
    size_t at = 0;
    while (used - at >= HEADER) {
        size_t size = get(arrived + at);
        /* The sender does not speak this protocol. */
        if (size > LARGEST_FRAME)
            _exit(2);
        if (used - at - HEADER < size)
            break;
        struct frame frame = {get(arrived + at + 4), arrived[at + 8], arrived + at + HEADER, size};
        take(&frame);
        at += HEADER + size;
    }
    memmove(arrived, arrived + at, used - at);
    used -= at;
    return 1;
}
