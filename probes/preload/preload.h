/* Who created each open descriptor of a JVM, without any privilege. See README.md. */
#pragma once
#include <jvmti.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

enum {
    MAX_FDS = 1 << 18,    /* numbers beyond are counted as lost */
    MAX_FILES = 1 << 18,  /* open files and the files of KEPT_CLOSED numbers */
    MAX_STACKS = 1 << 16, /* different ones */
    KEPT_CLOSED = 1 << 12, /* numbers that were closed last, so that a table that was read a moment ago still joins */
    KEPT_SAMPLES = 1 << 12, /* the newest, of calls that return no number */
    JAVA_DEPTH = 256,
    NATIVE_DEPTH = 32,
    NAME_SIZE = 64,
};

/* An interposed function of libc. */
struct hook {
    const char *name;
    const char *call; /* the system call that it makes */
    void **real;
    void *own;
};

/* Why a stack has no Java frames. */
enum why { JAVA, BOOT, IN_VM, NOT_JAVA, NO_FRAMES, NO_ROOM };

/* One thing that a thread did to a file. */
struct event {
    uint64_t time; /* CLOCK_MONOTONIC, nanoseconds; 0: it has not happened */
    const struct hook *hook;
    const char *call; /* of syscall(2), which makes many */
    uint32_t tid, stack;
    enum why why;
    char thread[NAME_SIZE];
};

enum kind { OPEN, DUP, BIND, LISTEN, CONNECT, KINDS };

/* What the kernel calls a struct file: several numbers may lead to one. */
struct file {
    uint64_t device, inode;
    uint32_t references; /* of numbers, and of numbers that were closed lately */
    uint32_t next_free;
    struct event events[KINDS]; /* the newest of each */
};

/* Java frames and native return addresses of one place. Never changes and never goes. */
struct stack {
    uint64_t hash;
    uint32_t java_count, native_count;
    jvmtiFrameInfo java[]; /* then uintptr_t native[] */
};

/* A number that leads, or led, to a file. */
struct link {
    uint64_t closed; /* when; 0: it is open */
    uint32_t file;
    int fd;
};

/* The stack of an event that passed the hooks by. */
struct sample {
    uint64_t time; /* CLOCK_MONOTONIC, nanoseconds; 0: there is none */
    uint32_t tid, stack;
    enum why why;
    char thread[NAME_SIZE];
};

/* unhooked.c */
void unhooked_begin(void);

/* stacks.c: what the calling thread is doing */
struct capture {
    enum why why;
    uint32_t tid;
    uint64_t time;
    uint64_t device, inode; /* of the descriptor */
    bool gone; /* it is closed already */
    uint64_t hash;
    jint java_count;
    uint32_t native_count;
    jvmtiFrameInfo java[JAVA_DEPTH];
    uintptr_t native[NATIVE_DEPTH];
};
void capture_stack(struct capture *capture, uintptr_t caller);
void capture_in_handler(struct capture *capture);

/* frames.c: its Java frames */
void quick_frames_wanted(jvmtiEventCallbacks *callbacks);
void quick_frames_begin(jvmtiEnv *ti);
bool quick_frames(JNIEnv *env, struct capture *capture); /* to look up what was told before, and for nothing else */
bool told_frames(struct capture *capture);
void check_walk(const struct capture *capture); /* does nothing but in a build with -DCHECK_WALKS */

uint32_t stack_of(struct capture *capture); /* under the lock; 0: no room */
const struct stack *stack_at(uint32_t number);
bool stacks_are_full(void);
void stacks_empty_other(void);              /* then stack_to_other for each that is in use, */
uint32_t stack_to_other(uint32_t number);   /* which gives its number there, */
void stacks_use_other(void);                /* and then this; all under the lock */
void stacks_begin(char *memory);
size_t stacks_size(void);

/* names.c */
void refresh_thread_name(uint64_t time);
const char *thread_name(void); /* as it was refreshed last */

/* files.c: which file each number leads to; all but number_leads_to under the lock */
size_t files_size(void);
void files_begin(char *memory);
struct file *file_at(uint32_t number);
uint32_t number_leads_to(int fd); /* 0: to none that is known */
uint32_t new_file(int fd, const struct capture *capture); /* 0: no room */
void link_number(int fd, uint32_t file);
void unlink_number(int fd);
void files_to_other(void); /* between stacks_empty_other and stacks_use_other */
uint64_t closed_since(void); /* numbers that were closed before are forgotten; 0: none is */
size_t count_links(uint64_t since); /* that are open, or were closed after */
size_t copy_links(uint64_t since, struct link *links, struct file *copies);

/* records.c: what is kept */
bool records_begin(void);
void record_open(int fd, const struct hook *hook, const char *call, uintptr_t caller);
void record_dup(int old_fd, int fd, const struct hook *hook, uintptr_t caller);
void record_event(int fd, enum kind kind, const struct hook *hook, uintptr_t caller);
void record_close(int fd);
void record_close_range(unsigned first, unsigned last);
struct tally {
    uint64_t events, with_java, lost, no_room;
    uint64_t closed_since; /* numbers that were closed before are forgotten; 0: none is */
};
/* A copy of what is open, and of what was closed after `since`; free() both. Stacks keep their numbers until records_copied. */
size_t records_copy(uint64_t since, struct link **links, struct file **files, struct tally *tally);
void records_copied(void);
void lock_records(void);
void unlock_records(void);
uint32_t keep_stack(struct capture *capture); /* under the lock; 0: no room */

/* samples.c: what passed the hooks by */
void record_sample(long returned);
size_t samples_copy(struct sample **copies); /* free() them; before records_copied */
void samples_to_other(void);                 /* between stacks_empty_other and stacks_use_other */
void samples_begin(char *memory);
size_t samples_size(void);

/* guard.c */
void guard_begin(void);
bool enter(int fd); /* whether the calling thread is to be watched now; then leave() must follow */
void leave(void);
void before_fork(void); /* the calling thread is about to return twice, once in another process */
uint32_t own_tid(void);
uint64_t now(void);

/* lookup.c */
void *real_function(const char *name);
bool is_preloaded(void);

/* agent.c */
JNIEnv *java_thread(enum why *why); /* NULL: the calling thread must not be asked for Java frames */
bool has_java_frames(JNIEnv *env);  /* of such a thread; takes no lock */
jvmtiEnv *jvmti(void);

/* dump.c */
jint dump(JavaVM *vm, const char *path, uint64_t since);

/* Set while a thread is in this library: what it opens there is not the app's.
 * initial-exec: a TLS block that is allocated on first use would call malloc within open. musl refuses it in dlopen. */
#ifdef __GLIBC__
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
#else
#define THREAD_LOCAL __thread
#endif
