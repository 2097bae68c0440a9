#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "fdtrace.skel.h"
#include "fdtrace.h"
#include "table/room.h"
#include "table/table.h"

enum { QUOTA_LEAST = 1024 };

static struct ring_buffer *requests;

/* How many events one CPU may see before it asks for room, when so many records are in use. */
static unsigned quota(unsigned used)
{
    unsigned share = (RECORDS_MAX - used) / 2 / libbpf_num_possible_cpus();
    return share > QUOTA_LEAST ? share : QUOTA_LEAST;
}

static bool is_loaded(struct bpf_program *program)
{
    return bpf_program__fd(program) >= 0;
}

static int heard(void *context, void *data, size_t size)
{
    (void)context, (void)data, (void)size;
    return 0;
}

int room_watch(struct fdtrace_bpf *bpf)
{
    requests = ring_buffer__new(bpf_map__fd(bpf->maps.requests), heard, NULL, NULL);
    /* Where nothing can be swept, nothing is asked for. */
    bool can_sweep =
        is_loaded(bpf->progs.sweep) || is_loaded(bpf->progs.sweep_on_call) || is_loaded(bpf->progs.sweep_elements);
    bpf->bss->quota = can_sweep ? quota(0) : 0;
    return requests ? ring_buffer__epoll_fd(requests) : -1;
}

void room_move_back(struct fdtrace_bpf *bpf)
{
    struct key key;
    struct displaced event;
    while (!bpf_map__get_next_key(bpf->maps.overflow, NULL, &key, sizeof key)) {
        if (!bpf_map__lookup_elem(bpf->maps.overflow, &key, sizeof key, &event, sizeof event, 0)) {
            /* Where there is one again, it is the newer one. */
            if (event.address.size)
                bpf_map__update_elem(bpf->maps.addresses, &key, sizeof key, &event.address, sizeof event.address,
                                     BPF_NOEXIST);
            bpf_map__update_elem(bpf->maps.records, &key, sizeof key, &event.record, sizeof event.record, BPF_NOEXIST);
        }
        bpf_map__delete_elem(bpf->maps.overflow, &key, sizeof key, 0);
    }
}

/* By whichever way the kernel has. */
static bool sweep(struct fdtrace_bpf *bpf)
{
    union bpf_iter_link_info own = {.task = {.pid = getpid()}};
    union bpf_iter_link_info records = {.map = {.map_fd = bpf_map__fd(bpf->maps.records)}};
    size_t size;
    if (is_loaded(bpf->progs.sweep_on_call))
        return !table_call(bpf->progs.sweep_on_call, NULL, 0);
    bpf->bss->sweeping = 0;
    void *nothing = is_loaded(bpf->progs.sweep) ? table_iterate(bpf->progs.sweep, own, &size)
                                                : table_iterate(bpf->progs.sweep_elements, records, &size);
    bool good = nothing;
    free(nothing);
    return good;
}

bool room_make(struct fdtrace_bpf *bpf)
{
    ring_buffer__consume(requests);
    bpf->bss->left = 0;
    bpf->bss->sweeps++;
    bool good = sweep(bpf);
    int error = errno;
    room_move_back(bpf);
    /* Some may have been looked at twice, as they move while they are walked. */
    if (good)
        bpf->bss->quota = quota(bpf->bss->left < RECORDS_MAX ? bpf->bss->left : RECORDS_MAX);
    errno = error;
    return good;
}
