/* Remembers who created every open file of the traced processes, whatever the system call: the slab tracepoint tells
 * that a thread allocates a struct file, the exit of its system call tells that it got one, and a signal sent right
 * there makes the thread sample its own stack. README.md tells why exactly these hooks.
 * The licence string is the kernel's condition for its GPL-only helpers; the project itself is under Apache-2.0. */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "fdtrace.h"
#include "task.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile bool want_stack = true;
const volatile int nr_dup = -1, nr_dup2 = -1, nr_dup3 = -1, nr_fcntl = -1, nr_bind = -1, nr_listen = -1,
                   nr_connect = -1;
enum { F_DUPFD = 0, F_DUPFD_CLOEXEC = 1030, EINTR = 4, EINPROGRESS = 115, ERESTARTSYS = 512 };

/* A thread's state: the files it has allocated in its present system call, and the records that wait for a sample. */
struct thread {
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
    __type(key, u32);
    __type(value, u8);
} processes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, u32);
    __type(value, struct thread);
} threads SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1 << 18);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct key);
    __type(value, struct record);
} records SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1 << 17);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct key);
    __type(value, struct address);
} addresses SEC(".maps");

/* Too large for the BPF stack; only on_exit uses them, and it never runs twice at once on a CPU. */
struct scratch {
    struct record record;
    struct address address;
    struct thread thread;
};
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, u32);
    __type(value, struct scratch);
} scratch SEC(".maps");

/* The loader opens one file to learn where the kernel allocates a struct file. */
struct {
    __u64 call, object;
} candidate[FILES_MAX];
__u32 candidates, learner;
__u64 allocation_site;

__u64 seen, dropped, unpaired;

static __always_inline bool traced(u32 tgid)
{
    return bpf_map_lookup_elem(&processes, &tgid) != 0;
}

static __always_inline void add(__u64 *counter)
{
    __sync_fetch_and_add(counter, 1);
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

/* Ends the time in which a sample can be one of those that this thread has asked for so far. */
static __always_inline void settle(struct thread *thread, u64 now)
{
    for (u32 i = 0; i < FILES_MAX && i < thread->waiting; i++) {
        struct key key = thread->waiter[i].key;
        struct record *record = bpf_map_lookup_elem(&records, &key);
        if (record && record->ts == thread->waiter[i].ts)
            record->until = now;
    }
    thread->waiting = 0;
}

static __always_inline void await(struct thread *thread, struct key key, struct record *record)
{
    if (record->sample == S_SENT)
        settle(thread, record->ts);
    else if (record->sample != S_PENDING)
        return;
    u32 n = thread->waiting;
    if (n < FILES_MAX) {
        thread->waiter[n & (FILES_MAX - 1)].key = key;
        thread->waiter[n & (FILES_MAX - 1)].ts = record->ts;
        thread->waiting = n + 1;
    }
}

static __noinline int keep(void *ctx, struct thread *thread, struct file *file, int kind, int fd)
{
    u32 zero = 0;
    struct scratch *space = bpf_map_lookup_elem(&scratch, &zero);
    struct task_struct *task = current();
    if (!space || !thread)
        return 0;
    struct call call = call_of((void *)*(u64 *)ctx);
    struct record *record = &space->record;
    struct key key = {(u64)file, kind};
    add(&seen);
    record->tag = T_RECORD;
    record->kind = kind;
    record->ts = bpf_ktime_get_ns();
    record->until = 0;
    record->tgid = id_at(BPF_CORE_READ(task, group_leader), own_level);
    record->tid = id_at(task, own_level);
    record->ns_tid = id_at(task, level_of(task));
    record->fd = fd;
    record->nr = call.nr;
    bpf_get_current_comm(record->comm, sizeof record->comm);
    describe(record, file);
    long size = want_stack ? bpf_get_stack(ctx, record->stack, sizeof record->stack, BPF_F_USER_STACK) : 0;
    record->depth = size > 0 ? size / sizeof *record->stack : 0;
    if (kind == K_BIND || kind == K_CONNECT) {
        struct address *address = &space->address;
        u32 n = call.arg[2] < ADDRESS_MAX ? call.arg[2] : ADDRESS_MAX;
        address->tag = T_ADDRESS;
        address->ts = record->ts;
        address->size = n;
        if (bpf_probe_read_user(address->bytes, n, (void *)call.arg[1]) ||
            bpf_map_update_elem(&addresses, &key, address, 0))
            add(&dropped);
    }
    record->sample = sample(task);
    /* Whether or not the record finds room, the sample that was just asked for ends the wait of those before it. */
    if (bpf_map_update_elem(&records, &key, record, 0))
        add(&dropped);
    await(thread, key, record);
    return 0;
}

SEC("tp_btf/kmem_cache_alloc")
int BPF_PROG(on_alloc, unsigned long call_site, const void *object)
{
    struct task_struct *task = current();
    if (!allocation_site) {
        u32 n = candidates;
        if (learner && task->pid == learner && n < FILES_MAX) {
            candidate[n & (FILES_MAX - 1)].call = call_site;
            candidate[n & (FILES_MAX - 1)].object = (u64)object;
            candidates = n + 1;
        }
        return 0;
    }
    if (call_site != allocation_site || !object)
        return 0;
    struct key key = {(u64)object, K_OPEN};
    if (!traced(task->tgid)) {
        /* The address goes to a file of somebody else: what was known about it is history. */
        bpf_map_delete_elem(&records, &key);
        return 0;
    }
    struct record *old = bpf_map_lookup_elem(&records, &key);
    if (old)
        old->ts = 0;
    struct thread *thread = thread_of(task->pid);
    u32 n = thread ? thread->files : FILES_MAX;
    if (thread && n < FILES_MAX) {
        thread->file[n & (FILES_MAX - 1)] = (u64)object;
        thread->files = n + 1;
    } else {
        add(&unpaired);
    }
    return 0;
}

static __always_inline void learn(struct file *opened)
{
    for (int i = 0; i < FILES_MAX; i++)
        if (opened && candidate[i].object == (u64)opened)
            allocation_site = candidate[i].call;
    candidates = 0;
}

/* What a call that creates no file does to one; -1: nothing that is kept. */
static __always_inline int kind_of(struct call *call, long ret)
{
    if (call->nr == nr_connect && (ret == 0 || ret == -EINPROGRESS || ret == -EINTR || ret == -ERESTARTSYS))
        return K_CONNECT;
    if (ret < 0)
        return -1;
    if (call->nr == nr_bind)
        return K_BIND;
    if (call->nr == nr_listen)
        return K_LISTEN;
    bool duplicates = call->nr == nr_dup || call->nr == nr_dup3 || call->nr == nr_dup2 ||
                      (call->nr == nr_fcntl && (call->arg[1] == F_DUPFD || call->arg[1] == F_DUPFD_CLOEXEC));
    return duplicates && ret != (long)call->arg[0] ? K_DUP : -1;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_exit, struct pt_regs *regs, long ret)
{
    struct task_struct *task = current();
    if (!allocation_site && learner && task->pid == learner)
        learn(file_of(task, ret));
    if (!traced(task->tgid))
        return 0;
    u32 tid = task->pid;
    struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
    if (thread && thread->files) {
        for (u32 i = 0; ret >= 0 && i < FILES_MAX && i < thread->files; i++) {
            struct file *file = (void *)thread->file[i];
            keep(ctx, thread, file, K_OPEN, file_of(task, ret) == file ? ret : -1);
        }
        thread->files = 0;
        return 0;
    }
    struct call call = call_of(regs);
    int kind = kind_of(&call, ret);
    if (kind < 0)
        return 0;
    int fd = kind == K_DUP ? ret : (long)call.arg[0];
    struct file *file = file_of(task, fd);
    thread = thread_of(tid);
    if (file && thread)
        keep(ctx, thread, file, kind, fd);
    else if (file)
        add(&unpaired);
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
    u32 tgid = child->tgid;
    u8 one = 1;
    if (child->pid == child->tgid && traced(parent->tgid) && bpf_map_update_elem(&processes, &tgid, &one, 0))
        add(&dropped);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_thread_exit, struct task_struct *task)
{
    /* Both numbers may soon be somebody else's. */
    u32 tid = task->pid, tgid = task->tgid;
    struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
    if (thread)
        settle(thread, bpf_ktime_get_ns());
    bpf_map_delete_elem(&threads, &tid);
    if (!BPF_CORE_READ(task, signal, live.counter))
        bpf_map_delete_elem(&processes, &tgid);
    return 0;
}

#include "snapshot.bpf.h"
