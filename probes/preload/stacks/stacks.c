/* What the calling thread is doing: its Java frames and the native frames below them. */
#define _GNU_SOURCE
#include "preload.h"
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unwind.h>

/* Where stacks are kept: a bounded piece of memory, and a table of them by hash. When one is full, the stacks that are
 * still in use move to the other: an app that loads classes anew again and again makes new stacks without end. */
struct space {
    struct stack **table;
    char *arena;
    size_t used;
    uint32_t count;
};
static const size_t table_size = MAX_STACKS * sizeof(struct stack *), arena_size = 32u << 20;
static struct space spaces[2];
static struct space *_Atomic current = &spaces[0];

size_t stacks_size(void)
{
    return 2 * (table_size + arena_size);
}

void stacks_begin(char *memory)
{
    for (int i = 0; i < 2; i++, memory += table_size + arena_size)
        spaces[i] = (struct space){.table = (void *)memory, .arena = memory + table_size};
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    return hash ^ hash >> 29;
}

#ifdef __GLIBC__
struct walk {
    struct capture *capture;
    uintptr_t caller;
    bool at_caller;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument)
{
    struct walk *walk = argument;
    struct capture *capture = walk->capture;
    uintptr_t address = _Unwind_GetIP(context);
    if (!address || capture->native_count == NATIVE_DEPTH)
        return _URC_END_OF_STACK;
    /* This library's own frames come first. */
    walk->at_caller |= address == walk->caller;
    if (walk->at_caller)
        capture->native[capture->native_count++] = address;
    return _URC_NO_REASON;
}

/* Ends by itself at the first Java frame, which has no unwind information. */
static void walk_native(struct capture *capture, uintptr_t caller)
{
    struct walk walk = {.capture = capture, .caller = caller};
    _Unwind_Backtrace(step, &walk);
    if (!capture->native_count)
        capture->native[capture->native_count++] = caller;
}
#else
/* A compiler that is made for glibc brings an unwinder that asks glibc where code lies; musl can't tell it. */
static void walk_native(struct capture *capture, uintptr_t caller)
{
    capture->native[capture->native_count++] = caller;
}
#endif

static bool is_known(const struct capture *capture);

static const struct capture *hashed(struct capture *capture, uintptr_t caller)
{
    capture->hash = mix(capture->java_count, caller);
    for (jint i = 0; i < capture->java_count; i++)
        capture->hash = mix(mix(capture->hash, (uintptr_t)capture->java[i].method), capture->java[i].location);
    return capture;
}

/* The native frames between Java and `caller` are walked once for each Java stack and caller: walking costs more than
 * all the rest. Without Java frames they are all there is to tell one stack from another. */
void capture_stack(struct capture *capture, uintptr_t caller)
{
    capture->native_count = capture->java_count = 0;
    JNIEnv *env = java_thread(&capture->why);
    if (env && quick_frames(env, capture) && is_known(hashed(capture, caller)))
        return check_walk(capture);
    if (env && !told_frames(capture))
        capture->why = NO_FRAMES;
    if (is_known(hashed(capture, caller)) && capture->java_count)
        return;
    walk_native(capture, caller);
    if (capture->java_count == 0)
        for (uint32_t i = 0; i < capture->native_count; i++)
            capture->hash = mix(capture->hash, capture->native[i]);
}

/* For a signal handler: the native frames are in the record of whoever sent the signal, and no unwinder is asked, which may
 * take locks. A compiler thread calls itself "in native" within the VM and holds its locks, but has no Java frames. */
void capture_in_handler(struct capture *capture)
{
    capture->native_count = capture->java_count = 0;
    JNIEnv *env = java_thread(&capture->why);
    if (env && !(has_java_frames(env) && told_frames(capture)))
        capture->why = NO_FRAMES;
    hashed(capture, 1 /* no return address */);
}

static struct stack **slot_of(const struct space *space, uint64_t hash)
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
static bool is_known(const struct capture *capture)
{
    struct stack **slot = slot_of(current, capture->hash);
    return slot && __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

static size_t size_of(uint32_t java_count, uint32_t native_count)
{
    size_t size = sizeof(struct stack) + java_count * sizeof(jvmtiFrameInfo) + native_count * sizeof(uintptr_t);
    return (size + 15) & ~15ul;
}

/* A table that is nearly full takes long to search. */
static struct stack *room_for(struct space *space, size_t size)
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
    struct space *space = current;
    return space->used + size_of(JAVA_DEPTH, NATIVE_DEPTH) > arena_size || space->count >= MAX_STACKS / 4 * 3;
}

uint32_t stack_of(struct capture *capture)
{
    struct space *space = current;
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

static struct space *other(void)
{
    return current == &spaces[0] ? &spaces[1] : &spaces[0];
}

void stacks_empty_other(void)
{
    struct space *space = other();
    madvise(space->table, table_size + arena_size, MADV_DONTNEED);
    space->used = space->count = 0;
}

uint32_t stack_to_other(uint32_t number)
{
    const struct stack *stack = stack_at(number);
    struct space *space = other();
    struct stack **slot = stack ? slot_of(space, stack->hash) : NULL;
    if (slot && !*slot) {
        size_t size = size_of(stack->java_count, stack->native_count);
        *slot = memcpy(room_for(space, size), stack, size);
    }
    return slot ? slot - space->table + 1 : 0;
}

void stacks_use_other(void)
{
    current = other();
}
