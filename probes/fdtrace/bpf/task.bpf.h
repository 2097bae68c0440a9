/* What a BPF program can tell about a task, its system call and its files. */
#pragma once

__u32 own_level; /* depth of the loader's pid namespace */

enum { PF_FORKNOEXEC = 0x40 };

/* A system call: its number and its first arguments. */
struct call {
    int nr;
    u64 arg[3];
};

/* A number only, as bpf_get_current_task_btf came with 5.11: whatever lies there is read with BPF_CORE_READ. */
static __always_inline struct task_struct *current(void)
{
    return (void *)bpf_get_current_task();
}

/* Set where the tracer has its rights from its file: then it knows nothing of who has others than its user. */
const volatile bool restricted;
const volatile unsigned permitted_uid;

static __always_inline bool is_permitted(struct task_struct *task)
{
    return !restricted || (BPF_CORE_READ(task, cred, uid.val) == permitted_uid &&
                           BPF_CORE_READ(task, cred, euid.val) == permitted_uid &&
                           BPF_CORE_READ(task, cred, suid.val) == permitted_uid);
}

static __always_inline u32 level_of(struct task_struct *task)
{
    return BPF_CORE_READ(task, thread_pid, level);
}

/* CO-RE moves constant indexes only: an index that is known at run time needs the kernel's own element size. */
static __always_inline struct upid *upid_at(struct task_struct *task, u32 level)
{
    void *pid = BPF_CORE_READ(task, thread_pid);
    return pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);
}

/* The task's number in the pid namespace of that depth. */
static __always_inline u32 id_at(struct task_struct *task, u32 level)
{
    return BPF_CORE_READ(upid_at(task, level), nr);
}

static __always_inline u64 handler_of(struct task_struct *task, u32 signo)
{
    void *actions = (void *)BPF_CORE_READ(task, sighand) + bpf_core_field_offset(struct sighand_struct, action);
    u64 handler = 0;
    bpf_probe_read_kernel(&handler, sizeof handler,
                          actions + (signo - 1) * bpf_core_type_size(struct k_sigaction) +
                              bpf_core_field_offset(struct k_sigaction, sa.sa_handler));
    return handler;
}

static __always_inline u64 thread_pointer(struct task_struct *task)
{
    struct task_struct___x86 *x86 = (void *)task;
    struct task_struct___arm64 *arm64 = (void *)task;
    return bpf_core_field_exists(x86->thread.fsbase) ? BPF_CORE_READ(x86, thread.fsbase)
                                                     : BPF_CORE_READ(arm64, thread.uw.tp_value);
}

/* Whether the preloaded library stands around this system call, and takes the stack by itself. */
static __always_inline bool is_hooked(u64 thread_pointer, struct process *process)
{
    u32 hooked = 0;
    if (process->announced)
        bpf_probe_read_user(&hooked, sizeof hooked, (void *)(thread_pointer + process->hooked));
    return hooked;
}

/* Makes the current thread sample its own stack on its way back to user mode. Without a handler the signal would
 * kill it, and in a forked child that has not called exec yet the handler is the parent's. */
static __always_inline int sample(struct task_struct *task, u32 signo)
{
    if (!signo || signo > 64)
        return S_OFF;
    u64 bit = 1ULL << (signo - 1);
    if (handler_of(task, signo) <= 1)
        return S_NO_HANDLER;
    if (BPF_CORE_READ(task, group_leader, flags) & PF_FORKNOEXEC)
        return S_FORKED;
    if (BPF_CORE_READ(task, blocked.sig[0]) & bit)
        return S_BLOCKED;
    if (BPF_CORE_READ(task, pending.signal.sig[0]) & bit)
        return S_PENDING;
    return bpf_send_signal_thread(signo) ? S_FAILED : S_SENT;
}

static __always_inline struct file *file_of(struct task_struct *task, long fd)
{
    struct file *file = 0;
    struct fdtable *table = BPF_CORE_READ(task, files, fdt);
    if (fd >= 0 && fd < BPF_CORE_READ(table, max_fds))
        bpf_probe_read_kernel(&file, sizeof file, BPF_CORE_READ(table, fd) + fd);
    return file;
}

static __always_inline void describe_name(struct record *record, struct file *file)
{
    const unsigned char *name;
    struct dentry *entry = BPF_CORE_READ(file, f_path.dentry);
    if (bpf_core_field_exists(entry->d_name))
        name = BPF_CORE_READ(entry, d_name.name);
    else
        name = BPF_CORE_READ((struct dentry___since_6_15 *)entry, __d_name.name);
    if (bpf_probe_read_kernel_str(record->name, sizeof record->name, name) < 0)
        record->name[0] = 0;
}

static __always_inline void describe(struct record *record, struct file *file)
{
    struct inode *inode = BPF_CORE_READ(file, f_inode);
    record->inode = BPF_CORE_READ(inode, i_ino);
    record->device = BPF_CORE_READ(inode, i_sb, s_dev);
    describe_name(record, file);
}

/* Of a tracepoint's own registers: a plain load, as every system call of a traced process comes here. */
static __always_inline int number_of(struct pt_regs *regs)
{
    struct pt_regs___x86 *x86 = (void *)regs;
    struct pt_regs___arm64 *arm64 = (void *)regs;
    return bpf_core_field_exists(x86->orig_ax) ? (int)x86->orig_ax : arm64->syscallno;
}

/* The saved registers still hold the arguments when the call returns, so that no hook at its entry is needed. */
static __always_inline struct call call_of(void *regs)
{
    struct pt_regs___x86 *x86 = regs;
    struct pt_regs___arm64 *arm64 = regs;
    struct call call = {};
    if (bpf_core_field_exists(x86->orig_ax)) {
        call.nr = (int)BPF_CORE_READ(x86, orig_ax);
        call.arg[0] = BPF_CORE_READ(x86, di);
        call.arg[1] = BPF_CORE_READ(x86, si);
        call.arg[2] = BPF_CORE_READ(x86, dx);
    } else {
        call.nr = BPF_CORE_READ(arm64, syscallno);
        call.arg[0] = BPF_CORE_READ(arm64, orig_x0);
        bpf_core_read(&call.arg[1], 2 * sizeof call.arg[1], &arm64->regs[1]);
    }
    return call;
}
