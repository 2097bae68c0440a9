/* What is to be done at each event, whichever kind of tracepoint tells of it. */
#pragma once

const volatile int nr_dup = -1, nr_dup2 = -1, nr_dup3 = -1, nr_fcntl = -1, nr_bind = -1, nr_listen = -1,
                   nr_connect = -1, nr_prctl = -1;
enum { F_DUPFD = 0, F_DUPFD_CLOEXEC = 1030, EINTR = 4, EINPROGRESS = 115, ERESTARTSYS = 512 };

/* The loader opens one file to learn where the kernel allocates a struct file. */
struct {
    __u64 call, object;
} candidate[FILES_MAX];
__u32 candidates, learner;
__u64 allocation_site;

/* Whether a process whose number ends alike was ever traced: one load tells it, where a look-up costs as much as the rest. */
__u8 traced_like[TRACED_LIKE_MAX];

static __always_inline __u8 *traced_as(u32 tgid)
{
    return &traced_like[tgid & (TRACED_LIKE_MAX - 1)];
}

/* How the current process is traced; NULL: it is not. */
static __always_inline struct process *traced(u32 tgid)
{
    struct process *process = bpf_map_lookup_elem(&processes, &tgid);
    return process && is_permitted(current()) ? process : (void *)0;
}

/* In the loader's trial each allocation takes this long, so that a program that can be preempted is preempted. Copies take
 * the time: the verifier walks each turn of a loop. */
__u32 trial_pause;
char pause_from[PAUSE_COPY], pause_to[PAUSE_COPY];

static __always_inline void pause_in_trial(void)
{
    u64 end = bpf_ktime_get_ns() + trial_pause;
    for (u32 i = 0; i < PAUSE_TURNS_MAX && bpf_ktime_get_ns() < end; i++)
        bpf_probe_read_kernel(pause_to, sizeof pause_to, pause_from);
}

static __always_inline void file_is_allocated(u64 call_site, u64 object)
{
    u64 id = bpf_get_current_pid_tgid();
    u32 tid = id;
    if (!allocation_site) {
        u32 n = candidates;
        if (learner && tid == learner && n < FILES_MAX) {
            candidate[n & (FILES_MAX - 1)].call = call_site;
            candidate[n & (FILES_MAX - 1)].object = object;
            candidates = n + 1;
        }
        return;
    }
    struct key key = {object, K_OPEN};
    struct process *process = traced(id >> 32);
    if (!process) {
        /* The address goes to a file of somebody else: what was known about it is history. */
        bpf_map_delete_elem(&records, &key);
        return;
    }
    if (trial_pause)
        pause_in_trial();
    struct record *old = bpf_map_lookup_elem(&records, &key);
    if (old)
        old->ts = 0;
    struct thread *thread = thread_of(tid);
    if (thread && thread->files < FILES_MAX)
        file_allocated(thread, tid, object);
    else
        add(process, UNPAIRED);
}

/* Every allocation of the kernel comes here: whatever is no file is told apart by one comparison. */
static __always_inline bool may_be_a_file(u64 call_site, u64 object)
{
    return object && (!allocation_site || call_site == allocation_site);
}

static __always_inline void learn(struct file *opened)
{
    for (int i = 0; i < FILES_MAX; i++)
        if (opened && candidate[i].object == (u64)opened)
            allocation_site = candidate[i].call;
    candidates = 0;
}

/* Most calls are none of these, and nothing more is asked of them. */
static __always_inline bool acts_on_a_file(int nr)
{
    return nr == nr_dup || nr == nr_dup2 || nr == nr_dup3 || nr == nr_fcntl || nr == nr_bind || nr == nr_listen ||
           nr == nr_connect || nr == nr_prctl;
}

/* Whether a call that ends is of no interest. Every system call of the machine comes here. */
static __always_inline bool is_idle(int nr)
{
    return allocation_site && !acts_on_a_file(nr) && !*allocating_like(bpf_get_current_pid_tgid());
}

static __always_inline bool is_connected(long ret)
{
    return ret == 0 || ret == -EINPROGRESS || ret == -EINTR || ret == -ERESTARTSYS;
}

/* A library announces itself; see fdtrace.h. */
static __always_inline void announce(struct process *process, u64 offset, u64 signal)
{
    if (process->signal)
        return;
    process->hooked = offset;
    process->signal = signal;
    process->announced = true;
}

/* What a call that creates no file does to one; -1: nothing that is kept. */
static __always_inline int kind_of(struct call *call, long ret)
{
    if (call->nr == nr_connect && is_connected(ret))
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

static __always_inline void call_ends(void *ctx, void *regs, long ret)
{
    u64 id = bpf_get_current_pid_tgid();
    u32 tid = id;
    struct task_struct *task = current();
    if (!allocation_site && learner && tid == learner)
        learn(file_of(task, ret));
    struct process *process = traced(id >> 32);
    struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
    if (!process) {
        if (thread)
            files_settled(thread, tid);
        return;
    }
    struct call call = call_of(regs);
    if (thread && thread->files) {
        thread->cause = (struct cause){*process, bpf_ktime_get_ns(), call};
        for (u32 i = 0; ret >= 0 && i < FILES_MAX && i < thread->files; i++) {
            struct file *file = (void *)thread->file[i];
            keep(ctx, &thread->cause, file, K_OPEN, file_of(task, ret) == file ? ret : -1);
        }
        files_settled(thread, tid);
        return;
    }
    if (!acts_on_a_file(call.nr))
        return;
    if (call.nr == nr_prctl && call.arg[0] == ANNOUNCE)
        announce(process, call.arg[1], call.arg[2]);
    int kind = kind_of(&call, ret);
    if (kind < 0)
        return;
    int fd = kind == K_DUP ? ret : (long)call.arg[0];
    struct file *file = file_of(task, fd);
    thread = thread_of(tid);
    if (file && thread) {
        thread->cause = (struct cause){*process, bpf_ktime_get_ns(), call};
        keep(ctx, &thread->cause, file, kind, fd);
    } else if (file) {
        add(process, UNPAIRED);
    }
}

static __always_inline void process_forks(u32 parent, u32 child)
{
    struct process *process = traced(parent);
    if (!process)
        return;
    *traced_as(child) = 1;
    if (bpf_map_update_elem(&processes, &child, process, 0))
        add(process, DROPPED);
}

/* Its number may soon be somebody else's. */
static __always_inline void thread_ends(u32 tid)
{
    struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
    if (thread) {
        settle(tid, bpf_ktime_get_ns());
        files_settled(thread, tid);
    }
    bpf_map_delete_elem(&threads, &tid);
}

/* The current thread ends, and with the last one its process. */
static __always_inline void current_thread_ends(void)
{
    u64 id = bpf_get_current_pid_tgid();
    u32 tgid = id >> 32;
    thread_ends(id);
    if (!BPF_CORE_READ(current(), signal, live.counter))
        bpf_map_delete_elem(&processes, &tgid);
}
