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
#include "records.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile int nr_dup = -1, nr_dup2 = -1, nr_dup3 = -1, nr_fcntl = -1, nr_bind = -1, nr_listen = -1,
                   nr_connect = -1, nr_prctl = -1;
enum { F_DUPFD = 0, F_DUPFD_CLOEXEC = 1030, EINTR = 4, EINPROGRESS = 115, ERESTARTSYS = 512 };

/* The loader opens one file to learn where the kernel allocates a struct file. */
struct {
    __u64 call, object;
} candidate[FILES_MAX];
__u32 candidates, learner;
__u64 allocation_site;

/* How a process is traced; NULL: it is not. */
static __always_inline struct process *traced(u32 tgid)
{
    return bpf_map_lookup_elem(&processes, &tgid);
}

SEC("raw_tp/kmem_cache_alloc")
int BPF_PROG(on_alloc, unsigned long call_site, const void *object)
{
    if (!allocation_site) {
        u32 n = candidates;
        if (learner && (u32)current()->pid == learner && n < FILES_MAX) {
            candidate[n & (FILES_MAX - 1)].call = call_site;
            candidate[n & (FILES_MAX - 1)].object = (u64)object;
            candidates = n + 1;
        }
        return 0;
    }
    if (call_site != allocation_site || !object)
        return 0;
    struct task_struct *task = current();
    struct key key = {(u64)object, K_OPEN};
    struct process *process = traced(task->tgid);
    if (!process) {
        /* The address goes to a file of somebody else: what was known about it is history. */
        bpf_map_delete_elem(&records, &key);
        return 0;
    }
    struct record *old = bpf_map_lookup_elem(&records, &key);
    if (old)
        old->ts = 0;
    struct thread *thread = thread_of(task->pid);
    if (thread && thread->files < FILES_MAX)
        file_allocated(thread, task->pid, (u64)object);
    else
        add(process, UNPAIRED);
    return 0;
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
    if (!allocation_site && learner && (u32)task->pid == learner)
        learn(file_of(task, ret));
    u32 tid = task->pid;
    bool acts = acts_on_a_file(number_of(regs));
    if (!acts && !*allocating_like(tid))
        return 0;
    struct process *process = traced(task->tgid);
    struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
    if (!process) {
        if (thread)
            files_settled(thread, tid);
        return 0;
    }
    if (thread && thread->files) {
        thread->process = *process;
        thread->now = bpf_ktime_get_ns();
        for (u32 i = 0; ret >= 0 && i < FILES_MAX && i < thread->files; i++) {
            struct file *file = (void *)thread->file[i];
            keep(ctx, thread, file, K_OPEN, file_of(task, ret) == file ? ret : -1);
        }
        files_settled(thread, tid);
        return 0;
    }
    if (!acts)
        return 0;
    struct call call = call_of(regs);
    if (call.nr == nr_prctl && call.arg[0] == ANNOUNCE && !process->signal) {
        process->hooked = call.arg[1];
        process->signal = call.arg[2];
        process->announced = true;
    }
    int kind = kind_of(&call, ret);
    if (kind < 0)
        return 0;
    int fd = kind == K_DUP ? ret : (long)call.arg[0];
    struct file *file = file_of(task, fd);
    thread = thread_of(tid);
    if (file && thread) {
        thread->process = *process;
        thread->now = bpf_ktime_get_ns();
        keep(ctx, thread, file, kind, fd);
    } else if (file) {
        add(process, UNPAIRED);
    }
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
    u32 tgid = child->tgid;
    struct process *process = child->pid == child->tgid ? traced(parent->tgid) : 0;
    if (process && bpf_map_update_elem(&processes, &tgid, process, 0))
        add(process, DROPPED);
    return 0;
}

/* Its number may soon be somebody else's. */
static __always_inline void end_thread(u32 tid)
{
    struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
    if (thread) {
        settle(thread, bpf_ktime_get_ns());
        files_settled(thread, tid);
    }
    bpf_map_delete_elem(&threads, &tid);
}

/* A thread that calls exec takes the number of its process. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int before)
{
    if (before != task->pid)
        end_thread(before);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_thread_exit, struct task_struct *task)
{
    u32 tgid = task->tgid;
    end_thread(task->pid);
    if (!BPF_CORE_READ(task, signal, live.counter))
        bpf_map_delete_elem(&processes, &tgid);
    return 0;
}

#include "snapshot.bpf.h"
