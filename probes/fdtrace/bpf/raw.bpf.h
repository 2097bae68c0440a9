/* The events by raw tracepoints: the cheapest, and exact where the kernel does not preempt the programs of tracepoints.
 * on_alloc takes its arguments as numbers: before 6.18 the verifier refuses them as pointers to something unknown. */
#pragma once

SEC("raw_tp/kmem_cache_alloc")
int BPF_PROG(on_alloc, u64 call_site, u64 object)
{
    if (may_be_a_file(call_site, object))
        file_is_allocated(call_site, object);
    return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_exit, struct pt_regs *regs, long ret)
{
    if (!is_idle(number_of(regs)))
        call_ends(ctx, regs, ret);
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
    if (child->pid == child->tgid)
        process_forks(parent->tgid, child->tgid);
    return 0;
}

/* A thread that calls exec takes the number of its process. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int before)
{
    if (before != task->pid)
        thread_ends(before);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_thread_exit, struct task_struct *task)
{
    current_thread_ends();
    return 0;
}
