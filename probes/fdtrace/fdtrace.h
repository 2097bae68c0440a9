/* What the BPF program and its loader share: the layout of records and of the snapshot's stream. */
#pragma once
#include "common/words.h"

enum {
    STACK_MAX = 16,    /* without frame pointers in libc the kernel seldom gets farther */
    FILES_MAX = 16,    /* files that one system call may create; only io_uring_enter creates more than two */
    ADDRESS_MAX = 110, /* sizeof(struct sockaddr_un) */
    PATH_MAX_KEPT = 4096,
    GROUPS_MAX = 4096, /* apps that are traced at once, each with all that it forks */
    TRIAL_GROUP = GROUPS_MAX,
    RECORDS_MAX = 1 << 18,
    ALLOCATING_MAX = 1 << 12,
    TRACED_LIKE_MAX = 1 << 12,
    KNOWN_LIKE_MAX = 1 << 16,
    KNOWN_LIKE_SHIFT = 6, /* files are some 200 bytes apart */
    MARKS = 255,
    PAUSE_TURNS_MAX = 1 << 7,
    PAUSE_COPY = 1 << 14,
    WALK_STEP = 512, /* descriptors that one call of walk_process looks at */
};

/* What became of the signal that asks the thread for its stack. */
enum sample { S_OFF, S_SENT, S_PENDING, S_NO_HANDLER, S_BLOCKED, S_FORKED, S_FAILED, S_HOOKED };

/* First member of each item in the snapshot's stream: a `struct live` and its path, then what is known about that file. */
enum tag { T_LIVE = 1, T_RECORD, T_ADDRESS };

/* How a process is traced. */
struct process {
    unsigned group;  /* whose it is: index of its counters */
    unsigned signal; /* 0: no samples */
    unsigned announced;
    unsigned long long hooked; /* from the thread pointer on: not 0 while the thread takes its stack itself */
};

/* What became of the events of one group. */
struct group {
    unsigned long long seen, dropped, unpaired;
};

struct key {
    unsigned long long file;
    unsigned long long kind;
};

/* The newest event of one kind on one struct file. */
struct record {
    unsigned tag;
    unsigned char kind, sample, depth;
    unsigned char made;    /* not 0: the file was allocated and has no number yet, and the rest is about another one */
    unsigned long long ts; /* 0: the file that this was about is gone, its address belongs to another one */
    unsigned long long until; /* when the thread asked for its next sample, or ended; 0: not yet */
    unsigned long long inode;
    unsigned device;
    unsigned tgid, tid; /* as the loader's pid namespace numbers them */
    unsigned ns_tid;    /* as the thread's own pid namespace does */
    int fd, nr;
    char comm[16], name[32];
    unsigned long long stack[STACK_MAX];
};

/* The peer or own address of a bind or connect: kept apart, because most records have none. */
struct address {
    unsigned tag;
    unsigned short size;
    unsigned char bytes[ADDRESS_MAX];
    unsigned long long ts; /* of the record that it belongs to */
};

/* Both, where they can't be kept in their own maps for the moment. */
struct displaced {
    struct record record;
    struct address address; /* size 0: none */
};

/* One open descriptor; `path_size` bytes of path follow. */
struct live {
    unsigned tag;
    unsigned fd, device, mode;
    unsigned long long file, inode;
    unsigned path_size, unused;
};

/* The argument of walk_process. */
struct walk {
    unsigned pid, begin;
    unsigned count, max; /* answered */
};
