/* The iterators: which process is meant by a number, and the table of its descriptors with what is known about each.
 * While the iterator looks at a file it holds it, so its records can't become another file's under its hands.
 * walk.bpf.h is the way without them. */
#pragma once

enum { PID_NAMESPACES_MAX = 32 };
const volatile __u32 own_namespace = 0; /* inode of the loader's pid namespace */
__u32 wanted;                           /* asked: the process's number in that namespace */
__u32 found, found_level;               /* answered: its number for the kernel; 0: there is none */
__u32 shown;                            /* asked: whose table, by the kernel's number */
char path[PATH_MAX_KEPT];

/* Whether this is the process that is wanted; if so, says which one it is for the kernel. */
static __always_inline void find(struct task_struct *task)
{
    u32 deepest = level_of(task);
    for (u32 level = 0; level <= PID_NAMESPACES_MAX && level <= deepest; level++) {
        struct upid *id = upid_at(task, level);
        if ((u32)BPF_CORE_READ(id, nr) != wanted || BPF_CORE_READ(id, ns, ns.inum) != own_namespace)
            continue;
        found = BPF_CORE_READ(task, tgid);
        found_level = level;
    }
}

SEC("iter/task")
int find_process(struct bpf_iter__task *ctx)
{
    struct task_struct *task = ctx->task;
    if (task && task->pid == task->tgid && !found)
        find(task);
    return 0;
}

static __always_inline void describe_live(struct live *live, struct file *file)
{
    struct inode *inode = BPF_CORE_READ(file, f_inode);
    live->inode = BPF_CORE_READ(inode, i_ino);
    live->device = BPF_CORE_READ(inode, i_sb, s_dev);
    live->mode = BPF_CORE_READ(inode, i_mode);
}

SEC("iter/task_file")
int show_files(struct bpf_iter__task_file *ctx)
{
    struct task_struct *task = ctx->task;
    struct file *file = ctx->file;
    struct seq_file *out = ctx->meta->seq;
    if (!task || !file || (u32)task->tgid != shown)
        return 0;
    struct live live = {.tag = T_LIVE, .file = (u64)file, .fd = ctx->fd};
    describe_live(&live, file);
    /* Iterators may use bpf_d_path since 5.12; without it the loader asks /proc for the path. */
    long size = 0;
    if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_for_each_map_elem))
        size = bpf_d_path(&file->f_path, path, sizeof path);
    live.path_size = size > 0 && size < PATH_MAX_KEPT ? size : 0;
    bpf_seq_write(out, &live, sizeof live);
    bpf_seq_write(out, path, live.path_size & (PATH_MAX_KEPT - 1));
    for (int kind = 0; kind < KINDS; kind++) {
        struct key key = {(u64)file, kind};
        struct record *record = bpf_map_lookup_elem(&records, &key);
        struct address *address = bpf_map_lookup_elem(&addresses, &key);
        if (record)
            bpf_seq_write(out, record, sizeof *record);
        if (address)
            bpf_seq_write(out, address, sizeof *address);
    }
    return 0;
}
