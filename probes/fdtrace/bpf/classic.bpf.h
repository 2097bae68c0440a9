/* The events by classic tracepoints, which always run with preemption off. Newer kernels may preempt the programs of raw
 * tracepoints, and skip them for what runs on that CPU meanwhile: a storm of opens lost half of its events so. */
#pragma once

enum { CLONE_THREAD = 0x10000 };

SEC("tp/kmem/kmem_cache_alloc")
int classic_alloc(struct trace_event_raw_kmem_cache_alloc *ctx)
{
    u64 call_site = ctx->call_site, object = (u64)ctx->ptr;
    if (may_be_a_file(call_site, object))
        file_is_allocated(call_site, object);
    return 0;
}

SEC("tp/raw_syscalls/sys_exit")
int classic_exit(struct trace_event_raw_sys_exit *ctx)
{
    if (!is_idle(ctx->id))
        call_ends(ctx, (void *)bpf_task_pt_regs(bpf_get_current_task_btf()), ctx->ret);
    return 0;
}

/* sched_process_fork does not tell a thread from a process. */
SEC("tp/task/task_newtask")
int classic_fork(struct trace_event_raw_task_newtask *ctx)
{
    if (!(ctx->clone_flags & CLONE_THREAD))
        process_forks(bpf_get_current_pid_tgid() >> 32, ctx->pid);
    return 0;
}

SEC("tp/sched/sched_process_exec")
int classic_exec(struct trace_event_raw_sched_process_exec *ctx)
{
    if (ctx->old_pid != ctx->pid)
        thread_ends(ctx->old_pid);
    return 0;
}

SEC("tp/sched/sched_process_exit")
int classic_thread_exit(void *ctx)
{
    current_thread_ends();
    return 0;
}
