/* The events by the functions in which a file meets its number (fentry, fexit): the cheapest, as no system call passes a
 * hook unless it makes a file, or acts on one, and exact where the kernel does not preempt such programs.
 * A file is marked where it is allocated, and its record is made where it gets its number: it is in no table before, so
 * nobody reads the record while it is written. */
#pragma once

const volatile int nr_io_uring_enter = -1;
enum { PF_IO_WORKER = 0x10 };

static __always_inline struct process *current_traced(void)
{
    u32 tgid = bpf_get_current_pid_tgid() >> 32;
    return *traced_as(tgid) ? traced(tgid) : 0;
}

SEC("fentry/security_file_alloc")
int BPF_PROG(fn_alloc)
{
    struct key key = {.kind = K_OPEN};
    /* As a number: the verifier lets nobody calculate with an argument that is a pointer. */
    bpf_get_func_arg(ctx, 0, &key.file);
    struct process *process = current_traced();
    if (!process) {
        /* The address goes to a file of somebody else: what was known about it is history. */
        if (*known_as(key.file))
            bpf_map_delete_elem(&records, &key);
        return 0;
    }
    if (trial_pause)
        pause_in_trial();
    struct own *own = own_of_current();
    if (!own) {
        add(process, DROPPED);
        return 0;
    }
    own->installed = 0;
    mark(&key, process, own);
    return 0;
}

/* The system call that the thread is in. A thread of io_uring's own has none. */
static __always_inline int current_number(struct task_struct *task)
{
    return task->flags & PF_IO_WORKER ? nr_io_uring_enter : number_of((void *)bpf_task_pt_regs(task));
}

/* A thread of io_uring's own has a copy of another thread's pointer to what the library says of that one. */
static __always_inline void cause_now(struct cause *cause, struct process *process)
{
    struct task_struct *task = bpf_get_current_task_btf();
    cause->process = *process;
    if (task->flags & PF_IO_WORKER)
        cause->process.announced = 0;
    cause->call = (struct call){.nr = current_number(task)};
    cause->now = bpf_ktime_get_ns();
}

/* Plain loads, as everything that leads on from an argument, or from the current task, may be read by: each copy of the
 * other kind costs a call. */
static __always_inline void describe_argument(struct record *record, struct file *file)
{
    struct dentry *entry = file->f_path.dentry;
    const unsigned char *name = bpf_core_field_exists(entry->d_name)
                                    ? entry->d_name.name
                                    : ((struct dentry___since_6_15 *)entry)->__d_name.name;
    record->inode = file->f_inode->i_ino;
    record->device = file->f_inode->i_sb->s_dev;
    if (bpf_probe_read_kernel_str(record->name, sizeof record->name, name) < 0)
        record->name[0] = 0;
}

static __always_inline u64 own_thread_pointer(struct task_struct *task)
{
    struct task_struct___x86 *x86 = (void *)task;
    struct task_struct___arm64 *arm64 = (void *)task;
    return bpf_core_field_exists(x86->thread.fsbase) ? x86->thread.fsbase : arm64->thread.uw.tp_value;
}

static __always_inline void file_gets_number(void *ctx, struct file *file, int fd)
{
    u32 zero = 0;
    struct key key = {(u64)file, K_OPEN};
    struct process *process = current_traced();
    struct scratch *space = process ? bpf_map_lookup_elem(&scratch, &zero) : 0;
    if (!space)
        return;
    bool elsewhere = is_marked_elsewhere(&key);
    struct record *record = bpf_map_lookup_elem(&records, &key);
    if (!elsewhere && (!record || !record->made))
        return;
    struct own *own = own_of_current();
    cause_now(&space->cause, process);
    /* Files that one call made have the same time. */
    if (own && own->installed)
        space->cause.now = own->installed;
    else if (own)
        own->installed = space->cause.now;
    if (elsewhere) {
        keep(ctx, &space->cause, file, K_OPEN, fd);
        return;
    }
    add(process, SEEN);
    struct task_struct *task = bpf_get_current_task_btf();
    fill(ctx, &space->cause, record, K_OPEN, fd, task->thread_pid->level,
         is_hooked(own_thread_pointer(task), &space->cause.process));
    describe_argument(record, file);
    barrier();
    record->made = 0;
    record->ts = space->cause.now;
    await(&key, record);
}

SEC("fentry/fd_install")
int BPF_PROG(fn_install, u32 fd, struct file *file)
{
    file_gets_number(ctx, file, fd);
    return 0;
}

/* A file that was made without a number, as io_uring may, and gets one later. */
SEC("fentry/receive_fd")
int BPF_PROG(fn_receive, struct file *file)
{
    file_gets_number(ctx, file, -1);
    return 0;
}

/* Before 6.8. */
SEC("fentry/__receive_fd")
int BPF_PROG(fn_receive_inner, struct file *file)
{
    file_gets_number(ctx, file, -1);
    return 0;
}

/* What a call that makes no file has done to the file of a descriptor. */
static __noinline int acted(void *ctx, int kind, int fd, u64 address, u64 size)
{
    u32 zero = 0;
    struct process *process = current_traced();
    struct scratch *space = process ? bpf_map_lookup_elem(&scratch, &zero) : 0;
    struct file *file = space ? file_of(current(), fd) : 0;
    if (!file)
        return 0;
    cause_now(&space->cause, process);
    space->cause.call.arg[1] = address;
    space->cause.call.arg[2] = size;
    keep(ctx, &space->cause, file, kind, fd);
    return 0;
}

/* The name is that of x86: the loader puts in that of its own architecture. */
SEC("fexit/__x64_sys_dup")
int BPF_PROG(fn_dup, struct pt_regs *regs, long ret)
{
    if (ret >= 0)
        acted(ctx, K_DUP, ret, 0, 0);
    return 0;
}

SEC("fexit/f_dupfd")
int BPF_PROG(fn_fcntl, u32 from, struct file *file, u32 flags, int ret)
{
    if (ret >= 0)
        acted(ctx, K_DUP, ret, 0, 0);
    return 0;
}

static __always_inline void duplicates_over(void *ctx, int ret)
{
    int nr = current_number(bpf_get_current_task_btf());
    if (ret >= 0 && (nr == nr_dup2 || nr == nr_dup3))
        acted(ctx, K_DUP, ret, 0, 0);
}

SEC("fexit/do_dup2")
int BPF_PROG(fn_dup2, void *files, struct file *file, u32 fd, u32 flags, int ret)
{
    duplicates_over(ctx, ret);
    return 0;
}

/* Where the compiler has put do_dup2 into its callers. */
SEC("fexit/ksys_dup3")
int BPF_PROG(fn_dup3, u32 from, u32 fd, int flags, int ret)
{
    duplicates_over(ctx, ret);
    return 0;
}

SEC("fexit/__sys_bind")
int BPF_PROG(fn_bind, int fd, u64 address, int size, int ret)
{
    if (ret >= 0)
        acted(ctx, K_BIND, fd, address, size);
    return 0;
}

SEC("fexit/__sys_listen")
int BPF_PROG(fn_listen, int fd, int backlog, int ret)
{
    if (ret >= 0)
        acted(ctx, K_LISTEN, fd, 0, 0);
    return 0;
}

SEC("fexit/__sys_connect")
int BPF_PROG(fn_connect, int fd, u64 address, int size, int ret)
{
    if (is_connected(ret))
        acted(ctx, K_CONNECT, fd, address, size);
    return 0;
}

SEC("fentry/security_task_prctl")
int BPF_PROG(fn_prctl, int option, u64 offset, u64 signal)
{
    struct process *process = option == ANNOUNCE ? current_traced() : 0;
    if (process)
        announce(process, offset, signal);
    return 0;
}
