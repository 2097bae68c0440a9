/* The few kernel types that the tracer reads. Their offsets come from the running kernel's BTF (CO-RE), so that this
 * one file serves every kernel version and architecture. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s32 __s32;
typedef s64 __s64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;
typedef u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* Only the fields that are read, a line each. */
/* clang-format off */
struct ns_common { unsigned inum; };
struct pid_namespace { struct ns_common ns; };
struct upid { int nr; struct pid_namespace *ns; };
struct pid { unsigned level; struct upid numbers[1]; };

typedef struct { unsigned long sig[1]; } sigset_t;
struct sigpending { sigset_t signal; };
struct sigaction { void *sa_handler; };
struct k_sigaction { struct sigaction sa; };
struct sighand_struct { struct k_sigaction action[64]; };
typedef struct { int counter; } atomic_t;
struct signal_struct { atomic_t live; };
typedef struct { unsigned val; } kuid_t;
struct cred { kuid_t uid, suid, euid; };

struct qstr { const unsigned char *name; };
struct dentry { struct qstr d_name; };
struct dentry___since_6_15 { struct qstr __d_name; };
struct path { struct dentry *dentry; };
struct super_block { unsigned s_dev; };
struct inode { unsigned short i_mode; struct super_block *i_sb; unsigned long i_ino; };
struct file { struct path f_path; struct inode *f_inode; };
typedef struct { s64 counter; } atomic64_t;
struct file___before_6_13 { atomic64_t f_count; };
struct file___since_6_13 { struct { atomic64_t refcnt; } f_ref; };
struct fdtable { unsigned max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };

struct task_struct {
    unsigned flags;
    int pid, tgid;
    struct task_struct *group_leader;
    struct pid *thread_pid;
    struct files_struct *files;
    const struct cred *cred;
    struct signal_struct *signal;
    struct sighand_struct *sighand;
    sigset_t blocked;
    struct sigpending pending;
};

struct thread_struct___x86 { unsigned long fsbase; };
struct task_struct___x86 { struct thread_struct___x86 thread; };
struct thread_struct___arm64 { struct { unsigned long tp_value; } uw; };
struct task_struct___arm64 { struct thread_struct___arm64 thread; };

struct pt_regs;
struct pt_regs___x86 { unsigned long di, si, dx, orig_ax; };
struct pt_regs___arm64 { u64 regs[31]; u64 orig_x0; s32 syscallno; };

/* What classic tracepoints hand over. */
struct trace_event_raw_kmem_cache_alloc { unsigned long call_site; const void *ptr; };
struct trace_event_raw_sys_exit { long id, ret; };
struct trace_event_raw_task_newtask { int pid; unsigned long clone_flags; };
struct trace_event_raw_sched_process_exec { int pid, old_pid; };

struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };
struct bpf_iter__bpf_map_elem { struct bpf_iter_meta *meta; void *map, *key, *value; };
struct bpf_iter__task_file { struct bpf_iter_meta *meta; struct task_struct *task; u32 fd; struct file *file; };

/* clang-format on */
#pragma clang attribute pop

enum {
    BPF_MAP_TYPE_HASH = 1,
    BPF_MAP_TYPE_ARRAY = 2,
    BPF_MAP_TYPE_PERCPU_ARRAY = 6,
    BPF_MAP_TYPE_RINGBUF = 27,
    BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_F_NO_PREALLOC = 1, BPF_F_USER_STACK = 1 << 8, BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
/* A helper that came with 5.13: whether the kernel has it is asked of its BTF. */
enum bpf_func_id { BPF_FUNC_for_each_map_elem = 164 };
