/* The table of a process, by iterators; where the kernel refuses them, by calls of walk_process. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "fdtrace.h"
#include "fdtrace.skel.h"
#include "table/room.h"
#include "table/table.h"

enum { CHUNK = 1 << 16 };

/* Bytes that grow. */
struct stream {
    char *bytes;
    size_t used, room;
};

static bool reserve(struct stream *stream, size_t size)
{
    if (stream->bytes && stream->room - stream->used >= size)
        return true;
    size_t room = stream->used + (size > CHUNK ? size : CHUNK) + stream->used / 2;
    char *bytes = realloc(stream->bytes, room);
    if (!bytes)
        return false;
    stream->bytes = bytes;
    stream->room = room;
    return true;
}

static bool append(struct stream *stream, const void *item, size_t size)
{
    if (!reserve(stream, size))
        return false;
    memcpy(stream->bytes + stream->used, item, size);
    stream->used += size;
    return true;
}

/* Reads to the end; returns false on failure (errno). */
static bool read_all(int fd, struct stream *stream)
{
    for (;;) {
        if (!reserve(stream, CHUNK))
            return false;
        ssize_t got = read(fd, stream->bytes + stream->used, CHUNK);
        if (got == 0)
            return true;
        if (got > 0)
            stream->used += got;
        else if (errno != EAGAIN && errno != EINTR)
            return false;
    }
}

/* What was read, or nothing if it could not be read (errno). */
static void *finish(struct stream *stream, bool good, size_t *size)
{
    int error = errno;
    *size = good ? stream->used : 0;
    if (good)
        return stream->bytes ? stream->bytes : calloc(1, 1);
    free(stream->bytes);
    errno = error;
    return NULL;
}

void *table_iterate(struct bpf_program *program, union bpf_iter_link_info only, size_t *size)
{
    LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &only, .link_info_len = sizeof only);
    struct stream stream = {0};
    struct bpf_link *link = bpf_program__attach_iter(program, &options);
    /* A kernel before 6.1 does not know what is asked for, and is not asked then. */
    if (!link && errno == E2BIG)
        link = bpf_program__attach_iter(program, NULL);
    if (!link)
        return finish(&stream, errno == ESRCH, size);
    int fd = bpf_iter_create(bpf_link__fd(link));
    bool good = fd >= 0 && read_all(fd, &stream);
    int error = errno;
    if (fd >= 0)
        close(fd);
    bpf_link__destroy(link);
    errno = error;
    return finish(&stream, good, size);
}

int table_call(struct bpf_program *program, void *argument, unsigned size)
{
    LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = argument, .ctx_size_in = size);
    return bpf_prog_test_run_opts(bpf_program__fd(program), &options) ? -1 : 0;
}

static bool is_loaded(struct bpf_program *program)
{
    return bpf_program__fd(program) >= 0;
}

/* Kernels before 6.1 ignore the number and walk all processes: the programs check for themselves. */
static void *iterate_process(struct bpf_program *program, int pid, size_t *size)
{
    return table_iterate(program, (union bpf_iter_link_info){.task = {.pid = pid}}, size);
}

int table_process(struct fdtrace_bpf *bpf, int pid)
{
    size_t size;
    struct walk ask = {.pid = pid};
    bool good;
    bpf->bss->wanted = pid;
    bpf->bss->found = 0;
    if (is_loaded(bpf->progs.find_process)) {
        void *nothing = iterate_process(bpf->progs.find_process, pid, &size);
        good = nothing;
        free(nothing);
    } else {
        good = !table_call(bpf->progs.walk_process, &ask, sizeof ask);
    }
    bpf->bss->wanted = 0;
    return good ? (int)bpf->bss->found : -1;
}

/* Appends a descriptor, and what is known about its file. */
static bool append_live(struct fdtrace_bpf *bpf, const struct live *live, struct stream *stream)
{
    if (!append(stream, live, sizeof *live))
        return false;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct key key = {live->file, kind};
        struct record record;
        struct address address;
        bool known = !bpf_map__lookup_elem(bpf->maps.records, &key, sizeof key, &record, sizeof record, 0);
        bool named = !bpf_map__lookup_elem(bpf->maps.addresses, &key, sizeof key, &address, sizeof address, 0);
        if ((known && !append(stream, &record, sizeof record)) ||
            (known && named && !append(stream, &address, sizeof address)))
            return false;
    }
    return true;
}

/* The paths are not known here: the printer asks /proc. */
static bool walk(struct fdtrace_bpf *bpf, unsigned process, struct stream *stream)
{
    struct walk ask = {.pid = process};
    do {
        ask.count = ask.max = 0;
        if (table_call(bpf->progs.walk_process, &ask, sizeof ask))
            return false;
        for (unsigned i = 0; i < ask.count; i++) {
            struct live live;
            if (bpf_map__lookup_elem(bpf->maps.walked, &i, sizeof i, &live, sizeof live, 0) ||
                !append_live(bpf, &live, stream))
                return false;
        }
        ask.begin += WALK_STEP;
    } while (ask.begin < ask.max);
    return true;
}

void *table_read(struct fdtrace_bpf *bpf, int pid, size_t *size)
{
    struct stream stream = {0};
    int process = table_process(bpf, pid);
    *size = 0;
    if (process < 0)
        return NULL;
    room_move_back(bpf);
    if (!process)
        return finish(&stream, true, size);
    if (!is_loaded(bpf->progs.show_files))
        return finish(&stream, walk(bpf, process, &stream), size);
    bpf->bss->shown = process;
    return iterate_process(bpf->progs.show_files, pid, size);
}
