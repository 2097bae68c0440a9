/* The way to the same without iterators, for kernels that refuse them: a program that the loader calls takes hold of a task
 * by its number and walks its table. Files may come and go meanwhile; the loader joins what fits by inode and device. */
#pragma once

extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *task) __ksym __weak;

/* What one call has found. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, WALK_STEP);
    __type(key, u32);
    __type(value, struct live);
} walked SEC(".maps");

/* Descriptors from `begin` on, as far as one call gets. */
static __always_inline u32 walk(struct task_struct *task, u32 begin)
{
    struct fdtable *table = BPF_CORE_READ(task, files, fdt);
    struct file **files = BPF_CORE_READ(table, fd), *file;
    u32 max = BPF_CORE_READ(table, max_fds), count = 0;
    for (u32 i = 0; i < WALK_STEP && begin + i < max; i++) {
        file = 0;
        bpf_probe_read_kernel(&file, sizeof file, files + begin + i);
        struct live *live = file ? bpf_map_lookup_elem(&walked, &count) : 0;
        if (!live)
            continue;
        *live = (struct live){.tag = T_LIVE, .file = (u64)file, .fd = begin + i};
        describe_live(live, file);
        count++;
    }
    return count;
}

SEC("syscall")
int walk_process(struct walk *ask)
{
    /* The kernel's number: that of the loader's own pid namespace where that is the first one. */
    struct task_struct *task = bpf_task_from_pid(ask->pid);
    if (!task)
        return 0;
    if (wanted)
        find(task);
    ask->count = walk(task, ask->begin);
    ask->max = BPF_CORE_READ(task, files, fdt, max_fds);
    bpf_task_release(task);
    return 0;
}
