/* A file that was allocated and has no number yet is marked in the place of its record. The record is written there when
 * the number comes: a look-up the second time, and nothing to allocate. */
#ifndef FDTRACE_MARKS_BPF_H
#define FDTRACE_MARKS_BPF_H

/* Whether anything was ever kept of a file at such an address. */
__u8 known_like[KNOWN_LIKE_MAX];

static __always_inline __u8 *known_as(u64 file)
{
    return &known_like[file >> KNOWN_LIKE_SHIFT & (KNOWN_LIKE_MAX - 1)];
}

/* Marks that had to give way to the sweep lie in the overflow map. */
__u32 marks_displaced;

struct own {
    u64 installed; /* since its last allocation, the thread has given a file its number then; 0: it has not */
    u64 marks;
};
struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct own);
} own SEC(".maps");

static __always_inline struct own *own_of_current(void)
{
    return bpf_task_storage_get(&own, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline void mark_anew(void *map, struct key *key, struct process *process)
{
    u32 zero = 0;
    struct scratch *space = bpf_map_lookup_elem(&scratch, &zero);
    if (!space)
        return;
    space->event.record.ts = 0;
    space->event.record.made = mark_of(sweeps);
    space->event.address.size = 0;
    want_room(&space->made);
    if (bpf_map_update_elem(map, key, &space->event, 0))
        add(process, DROPPED);
    space->event.record.made = 0;
}

/* Only called before the file has its references, so the sweep takes it for a dead one: it looks at the mark, too. */
static __always_inline void mark(struct key *key, struct process *process, struct own *own)
{
    struct record *known = bpf_map_lookup_elem(&records, key);
    if (!known) {
        *known_as(key->file) = 1;
        mark_anew(&records, key, process);
        return;
    }
    known->ts = 0;
    known->made = mark_of(sweeps);
    /* Written before the look at what is being taken out: either side sees the other. */
    __sync_fetch_and_add(&own->marks, 1);
    if (is_swept(key->file)) {
        marks_displaced = 1;
        mark_anew(&overflow, key, process);
    }
}

/* Whether the file was marked, and the mark gave way to the sweep. */
static __always_inline bool is_marked_elsewhere(struct key *key)
{
    return marks_displaced && bpf_map_lookup_elem(&overflow, key) && !bpf_map_delete_elem(&overflow, key);
}

#endif
