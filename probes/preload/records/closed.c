/* How many files were opened and closed again. Their number has no end, so the room for them is by spans of time, which are
 * the longer the later they are: a 128th to a 256th of the time until then, and 8 ms at least. */
#include "records/closed.h"
#include "guard.h"
#include <string.h>

enum { UNIT = 23 /* as a power of two, in nanoseconds */, PER_OCTAVE = 128 };

static struct counts spaces[2], *current = &spaces[0];
static uint64_t begun_at;

void counts_begin(void)
{
    begun_at = now();
}

/* 0 to 255 are one unit long, the next 128 two, the next 128 four. */
static uint32_t span_of(uint64_t time)
{
    uint64_t units = time > begun_at ? (time - begun_at) >> UNIT : 0;
    uint32_t shift = units < 2 * PER_OCTAVE ? 0 : 56 - __builtin_clzll(units);
    return shift * PER_OCTAVE + (uint32_t)(units >> shift);
}

void span_times(uint32_t span, uint64_t *from, uint64_t *to)
{
    uint32_t shift = span < 2 * PER_OCTAVE ? 0 : span / PER_OCTAVE - 1;
    uint64_t units = (uint64_t)(span - shift * PER_OCTAVE) << shift;
    *from = begun_at + (units << UNIT);
    *to = *from + (1ull << (UNIT + shift));
}

/* Where it is counted, or would be. Half of the slots stay free for what has no stack: there are fewer spans than that. */
static struct count *slot_of(struct counts *counts, uint32_t span, uint32_t stack)
{
    for (uint32_t i = span * 40503u + stack * 2654435761u;; i++) {
        struct count *slot = &counts->slots[i % COUNTS];
        if (!slot->taken || (slot->span == span && slot->stack == stack))
            return slot;
    }
}

static void add(struct counts *counts, uint32_t span, uint32_t stack, uint32_t files)
{
    struct count *slot = slot_of(counts, span, stack);
    if (!slot->taken && stack != NOT_KNOWN && counts->used >= COUNTS_OF_STACKS)
        slot = slot_of(counts, span, stack = NOT_KNOWN);
    counts->used += !slot->taken;
    *slot = (struct count){.files = slot->files + files, .stack = stack, .span = span, .taken = true};
}

static uint32_t stack_for(const struct event *opened)
{
    if (opened->why == NO_ROOM)
        return NOT_KNOWN;
    return opened->why == JAVA ? opened->stack : NO_JAVA;
}

void count_closed(const struct event *opened)
{
    if (opened->time)
        add(current, span_of(opened->time), stack_for(opened), 1);
}

void copy_counts(struct counts *copy)
{
    memcpy(copy, current, sizeof *copy);
}

void uncount_closed(struct counts *copy, const struct event *opened)
{
    if (!opened->time)
        return;
    uint32_t span = span_of(opened->time);
    struct count *slot = slot_of(copy, span, stack_for(opened));
    if (!slot->taken)
        slot = slot_of(copy, span, NOT_KNOWN);
    slot->files -= slot->files > 0;
}

void forget_counts(void)
{
    memset(current, 0, sizeof *current);
}

void forget_counted_stacks(void)
{
    struct counts *old = current;
    current = &spaces[old == &spaces[0]];
    forget_counts();
    for (uint32_t i = 0; i < COUNTS; i++)
        if (old->slots[i].files)
            add(current, old->slots[i].span, old->slots[i].stack == NO_JAVA ? NO_JAVA : NOT_KNOWN, old->slots[i].files);
}
