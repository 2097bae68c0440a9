/* The different stacks that are kept. */
#define _GNU_SOURCE
#include "stacks/kept.h"
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

/* Where stacks are kept: a bounded piece of memory, and a table of them by hash. When one is full, the stacks that are
 * still in use are evacuated to the other: an app that loads classes anew again and again makes new stacks without end. */
struct semispace {
    struct stack **table;
    char *arena;
    size_t used;
    uint32_t count;
};
static const size_t table_size = MAX_STACKS * sizeof(struct stack *), arena_size = 32u << 20;
static struct semispace semispaces[2];
static struct semispace *_Atomic current = &semispaces[0];

size_t stacks_size(void)
{
    return 2 * (table_size + arena_size);
}

void stacks_begin(char *memory)
{
    for (int i = 0; i < 2; i++, memory += table_size + arena_size)
        semispaces[i] = (struct semispace){.table = (void *)memory, .arena = memory + table_size};
}

static struct stack **slot_of(const struct semispace *space, uint64_t hash)
{
    for (uint32_t i = 0; i < MAX_STACKS; i++) {
        struct stack **slot = &space->table[(hash + i) & (MAX_STACKS - 1)];
        struct stack *there = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        if (!there || there->hash == hash)
            return slot;
    }
    return NULL;
}

/* Read without the lock: slots are filled once, after what they point to, and a space that is emptied stays mapped. Two
 * stacks of one 64-bit hash are one. */
bool is_kept(uint64_t hash)
{
    struct stack **slot = slot_of(current, hash);
    return slot && __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

static size_t size_of(uint32_t java_count, uint32_t native_count)
{
    size_t size = sizeof(struct stack) + java_count * sizeof(jvmtiFrameInfo) + native_count * sizeof(uintptr_t);
    return (size + 15) & ~15ul;
}

/* A table that is nearly full takes long to search. */
static struct stack *room_for(struct semispace *space, size_t size)
{
    if (space->used + size > arena_size || space->count >= MAX_STACKS / 4 * 3)
        return NULL;
    struct stack *stack = (void *)(space->arena + space->used);
    space->used += size;
    space->count++;
    return stack;
}

bool stacks_are_full(void)
{
    struct semispace *space = current;
    return space->used + size_of(JAVA_DEPTH, NATIVE_DEPTH) > arena_size || space->count >= MAX_STACKS / 4 * 3;
}

uint32_t stack_of(const struct capture *capture)
{
    struct semispace *space = current;
    struct stack **slot = slot_of(space, capture->hash);
    if (slot && !*slot) {
        struct stack *stack = room_for(space, size_of(capture->java_count, capture->native_count));
        if (!stack)
            return 0;
        size_t java = capture->java_count * sizeof *capture->java;
        stack->hash = capture->hash;
        stack->java_count = capture->java_count;
        stack->native_count = capture->native_count;
        memcpy(stack->java, capture->java, java);
        memcpy((char *)stack->java + java, capture->native, capture->native_count * sizeof *capture->native);
        __atomic_store_n(slot, stack, __ATOMIC_RELEASE);
    }
    return slot ? slot - space->table + 1 : 0;
}

const struct stack *stack_at(uint32_t number)
{
    return number ? current->table[number - 1] : NULL;
}

static struct semispace *other(void)
{
    return current == &semispaces[0] ? &semispaces[1] : &semispaces[0];
}

void stacks_begin_evacuation(void)
{
    struct semispace *space = other();
    madvise(space->table, table_size + arena_size, MADV_DONTNEED);
    space->used = space->count = 0;
}

uint32_t evacuate_stack(uint32_t number)
{
    const struct stack *stack = stack_at(number);
    struct semispace *space = other();
    struct stack **slot = stack ? slot_of(space, stack->hash) : NULL;
    if (slot && !*slot) {
        size_t size = size_of(stack->java_count, stack->native_count);
        *slot = memcpy(room_for(space, size), stack, size);
    }
    return slot ? slot - space->table + 1 : 0;
}

void stacks_flip(void)
{
    current = other();
}
