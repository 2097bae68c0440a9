/* How many files were opened and closed again, by when and where they were opened. All of it under the lock of the records. */
#pragma once
#include <stdint.h>
#include "records/files.h"

enum {
    COUNTS = 1 << 14,
    COUNTS_OF_STACKS = COUNTS / 2, /* what comes later is counted by its time alone */
};
/* In place of a stack. */
#define NO_JAVA 0u
#define NOT_KNOWN UINT32_MAX

struct count {
    uint32_t files, stack, span;
    bool taken;
};
struct counts {
    uint32_t used;
    struct count slots[COUNTS];
};

void counts_begin(void); /* the time that spans count from */
void count_closed(const struct event *opened);
void copy_counts(struct counts *copy);
void uncount_closed(struct counts *copy, const struct event *opened); /* of one that was counted */
void forget_counts(void);
void forget_counted_stacks(void); /* they would keep the room of those that are still in use */
void span_times(uint32_t span, uint64_t *from, uint64_t *to);
