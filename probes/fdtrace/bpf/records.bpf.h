/* What is kept: the newest record of each kind for each file, and what each thread still waits for. */
#pragma once

const volatile bool want_stack = true;

/* The processes to trace: those that were asked for, and all that they fork. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, u32);
    __type(value, struct process);
} processes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, GROUPS_MAX + 1);
    __type(key, u32);
    __type(value, struct group);
} groups SEC(".maps");

/* What an event comes from: the process as it is traced, the call, and when: files that one call made have the same time. */
struct cause {
    struct process process;
    u64 now;
    struct call call;
};

/* A thread's state: the files it has allocated in its present system call, and the records that wait for a sample. */
struct thread {
    struct cause cause; /* of its last event */
    u32 files, waiting;
    u64 file[FILES_MAX];
    struct {
        struct key key;
        u64 ts;
    } waiter[FILES_MAX];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, u32);
    __type(value, struct thread);
} threads SEC(".maps");

/* How many threads whose numbers end alike have allocated a file in their present system call. Nearly always none: one
 * load tells it at the end of every system call of the machine, where a look-up in a map would cost more than all else. */
__u32 allocating[ALLOCATING_MAX];

static __always_inline __u32 *allocating_like(u32 tid)
{
    return &allocating[tid & (ALLOCATING_MAX - 1)];
}

static __always_inline void file_allocated(struct thread *thread, u32 tid, u64 file)
{
    u32 n = thread->files;
    if (n == 0)
        __sync_fetch_and_add(allocating_like(tid), 1);
    thread->file[n & (FILES_MAX - 1)] = file;
    thread->files = n + 1;
}

static __always_inline void files_settled(struct thread *thread, u32 tid)
{
    if (thread->files)
        __sync_fetch_and_add(allocating_like(tid), -1);
    thread->files = 0;
}

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, RECORDS_MAX);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct key);
    __type(value, struct record);
} records SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, RECORDS_MAX);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct key);
    __type(value, struct address);
} addresses SEC(".maps");

/* Too large for the BPF stack; no two programs that use them run at once on a CPU. */
struct scratch {
    struct displaced event;
    struct thread thread; /* always empty */
    struct cause cause;
    u32 made; /* events on this CPU since it last asked for room */
};
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, u32);
    __type(value, struct scratch);
} scratch SEC(".maps");

enum counter { SEEN, DROPPED, UNPAIRED };

static __always_inline void add(struct process *process, enum counter counter)
{
    u32 index = process->group;
    struct group *group = bpf_map_lookup_elem(&groups, &index);
    if (group)
        __sync_fetch_and_add(counter == SEEN      ? &group->seen
                             : counter == DROPPED ? &group->dropped
                                                  : &group->unpaired,
                             1);
}

static __always_inline struct thread *thread_of(u32 tid)
{
    struct thread *known = bpf_map_lookup_elem(&threads, &tid);
    if (known)
        return known;
    u32 zero = 0;
    struct scratch *empty = bpf_map_lookup_elem(&scratch, &zero);
    if (empty)
        bpf_map_update_elem(&threads, &tid, &empty->thread, 0);
    return bpf_map_lookup_elem(&threads, &tid);
}

/* Ends the time in which a sample can be one of those that this thread has asked for so far. A global function: the verifier
 * walks its loop once, and not at each place where it is called. */
__noinline int settle(u32 tid, u64 now)
{
    struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
    if (!thread)
        return 0;
    for (u32 i = 0; i < FILES_MAX && i < thread->waiting; i++) {
        struct key key = thread->waiter[i].key;
        struct record *record = bpf_map_lookup_elem(&records, &key);
        if (record && record->ts == thread->waiter[i].ts)
            record->until = now;
    }
    thread->waiting = 0;
    return 0;
}

static __always_inline void await(struct key *key, struct record *record)
{
    u32 tid = bpf_get_current_pid_tgid();
    if (record->sample != S_SENT && record->sample != S_PENDING)
        return;
    struct thread *thread = thread_of(tid);
    if (!thread)
        return;
    if (record->sample == S_SENT)
        settle(tid, record->ts);
    u32 n = thread->waiting;
    if (n < FILES_MAX) {
        thread->waiter[n & (FILES_MAX - 1)].key = *key;
        thread->waiter[n & (FILES_MAX - 1)].ts = record->ts;
        thread->waiting = n + 1;
    }
}

#include "sweep.bpf.h"

static __always_inline bool store(struct key *key, struct displaced *event)
{
    if (is_swept(key->file))
        return !bpf_map_update_elem(&overflow, key, event, 0);
    if (event->address.size && bpf_map_update_elem(&addresses, key, &event->address, 0))
        return false;
    return !bpf_map_update_elem(&records, key, &event->record, 0);
}

/* All of a record but what tells about the file, and its time; asks the thread for its stack. `level` is the depth of its
 * pid namespace, `hooked` whether the library takes the stack by itself. */
static __always_inline void fill(void *ctx, struct cause *cause, struct record *record, int kind, int fd, u32 level,
                                 bool hooked)
{
    struct task_struct *task = current();
    u64 id = bpf_get_current_pid_tgid();
    u32 tid = id;
    record->tag = T_RECORD;
    record->kind = kind;
    record->until = 0;
    record->tgid = own_level ? id_at(BPF_CORE_READ(task, group_leader), own_level) : id >> 32;
    record->tid = own_level ? id_at(task, own_level) : tid;
    record->ns_tid = level ? id_at(task, level) : tid;
    record->fd = fd;
    record->nr = cause->call.nr;
    bpf_get_current_comm(record->comm, sizeof record->comm);
    long size = want_stack && !hooked ? bpf_get_stack(ctx, record->stack, sizeof record->stack, BPF_F_USER_STACK) : 0;
    record->depth = size > 0 ? size / sizeof *record->stack : 0;
    record->sample = hooked ? S_HOOKED : sample(task, cause->process.signal);
}

/* Makes the record of an event of the current thread. */
static __noinline int keep(void *ctx, struct cause *cause, struct file *file, int kind, int fd)
{
    u32 zero = 0;
    struct scratch *space = bpf_map_lookup_elem(&scratch, &zero);
    if (!space || !cause)
        return 0;
    struct call call = cause->call;
    struct record *record = &space->event.record;
    struct address *address = &space->event.address;
    struct key key = {(u64)file, kind};
    add(&cause->process, SEEN);
    want_room(&space->made);
    record->ts = cause->now;
    describe(record, file);
    address->size = 0;
    if (kind == K_BIND || kind == K_CONNECT) {
        u32 n = call.arg[2] < ADDRESS_MAX ? call.arg[2] : ADDRESS_MAX;
        address->tag = T_ADDRESS;
        address->ts = record->ts;
        address->size = n;
        if (bpf_probe_read_user(address->bytes, n, (void *)call.arg[1]))
            add(&cause->process, DROPPED);
    }
    fill(ctx, cause, record, kind, fd, level_of(current()),
         is_hooked(cause->process.announced ? thread_pointer(current()) : 0, &cause->process));
    /* Whether or not the record finds room, the sample that was just asked for ends the wait of those before it. */
    if (!store(&key, &space->event))
        add(&cause->process, DROPPED);
    await(&key, record);
    return 0;
}
