/* Makes room: nobody tells when a file is closed, so its records stay until its address is used again. When so many
 * events have come that the maps might be half full, the loader is asked to let `sweep` take out what is dead. */
#pragma once

/* A count of references from here on means that the file is dead; the last value is a count that just reaches zero,
 * which a reader may still turn back. */
#define RELEASED 0xC000000000000000ULL
#define ABOUT_TO_BE_RELEASED 0xFFFFFFFFFFFFFFFFULL

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 16);
} requests SEC(".maps");

__u32 quota;           /* events on one CPU after which it asks for room */
__u32 left;            /* answered: how many records the sweep has left */
volatile __u64 victim; /* the file whose record is being taken out */
__u64 fence;
__u32 sweeping; /* the records are being walked, or were */

static __always_inline void want_room(u32 *made)
{
    u32 now = *made + 1;
    *made = quota && now >= quota ? 0 : now;
    if (!*made)
        bpf_ringbuf_output(&requests, &now, sizeof now, 0);
}

/* Whether a record that is kept now might be taken out with the old one: the sweep was interrupted just there, and the
 * address is in use again. Such a record goes to the overflow map, from where the loader moves it back. */
static __always_inline bool is_swept(u64 file)
{
    return victim == file;
}

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct key);
    __type(value, struct displaced);
} overflow SEC(".maps");

static __always_inline bool is_unreferenced(struct file *file)
{
    struct file___since_6_13 *newer = (void *)file;
    struct file___before_6_13 *older = (void *)file;
    if (!bpf_core_field_exists(newer->f_ref))
        return !BPF_CORE_READ(older, f_count.counter);
    u64 references = BPF_CORE_READ(newer, f_ref.refcnt.counter);
    return references >= RELEASED && references != ABOUT_TO_BE_RELEASED;
}

__u32 sweeps; /* how many times the loader has asked so far */

/* The mark of a file that was allocated and has no number yet: during which sweep that was. */
static __always_inline u8 mark_of(u32 sweep)
{
    return 1 + sweep % MARKS;
}

/* Whether a record tells about a file that is gone; what lies at its address may be anything by now. A living file is
 * never taken for a dead one: it has references, and its inode does not change. One that was just allocated has neither. */
static __always_inline bool is_gone(struct file *file, struct record *record)
{
    u8 made = record->made;
    struct inode *inode = BPF_CORE_READ(file, f_inode);
    if (made)
        return made != mark_of(sweeps) && made != mark_of(sweeps - 1) && is_unreferenced(file);
    return is_unreferenced(file) || BPF_CORE_READ(inode, i_ino) != record->inode ||
           BPF_CORE_READ(inode, i_sb, s_dev) != record->device;
}

/* Takes out a record of a file that is gone. */
static __always_inline void sweep_record(struct key *at, struct record *record)
{
    struct key key = *at;
    struct file *file = (void *)key.file;
    if (!is_gone(file, record)) {
        left++;
        return;
    }
    /* Announced before the last look: a writer of a record of this file sees that, or is seen by it. */
    victim = key.file;
    __sync_fetch_and_add(&fence, 1);
    record = bpf_map_lookup_elem(&records, &key);
    if (record && is_gone(file, record)) {
        bpf_map_delete_elem(&records, &key);
        bpf_map_delete_elem(&addresses, &key);
    } else {
        left++;
    }
    victim = 0;
}

static long sweep_each(void *map, struct key *at, struct record *record, void *nothing)
{
    sweep_record(at, record);
    return 0;
}

/* Three ways to the same: no kernel has all of them, and some refuse one even to root. This one runs once, for the
 * loader's own task, or before 6.1 for the first of all tasks. */
SEC("iter/task")
int sweep(struct bpf_iter__task *ctx)
{
    if (!ctx->task || sweeping)
        return 0;
    sweeping = true;
    bpf_for_each_map_elem(&records, sweep_each, 0, 0);
    return 0;
}

SEC("syscall")
int sweep_on_call(void *ctx)
{
    bpf_for_each_map_elem(&records, sweep_each, 0, 0);
    return 0;
}

/* Before 5.13 there is no bpf_for_each_map_elem. */
SEC("iter/bpf_map_elem")
int sweep_elements(struct bpf_iter__bpf_map_elem *ctx)
{
    struct key *at = ctx->key;
    struct record *record = ctx->value;
    if (at && record)
        sweep_record(at, record);
    return 0;
}
