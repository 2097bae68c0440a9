/* What is kept of each file: the newest event of each kind. */
#pragma once
#include "records/closed.h"

bool records_begin(void);
void records_forget(void); /* as if nothing had been watched so far */
void record_open(int fd, const struct hook *hook, const char *call, uintptr_t caller);
void record_dup(int old_fd, int fd, const struct hook *hook, uintptr_t caller);
void record_event(int fd, enum kind kind, const struct hook *hook, uintptr_t caller);
void record_close(int fd);
void record_close_range(unsigned first, unsigned last);
struct tally {
    uint64_t events, with_java, lost, no_room;
    uint64_t closed_since; /* numbers that were closed before are forgotten; 0: none is */
};
/* A copy of what is open, and of what was closed after `since`. False where there is no memory for it. free() links,
 * files and counts in either case; stacks keep their numbers until records_copied. */
struct copy {
    size_t count;
    struct link *links;
    struct file *files; /* of each link */
    struct counts *counts;
    struct tally tally;
};
bool records_copy(uint64_t since, struct copy *copy);
void records_copied(void);
void lock_records(void);
void unlock_records(void);
uint32_t keep_stack(struct capture *capture); /* under the lock; 0: no room */
