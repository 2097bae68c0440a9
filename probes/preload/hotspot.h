/* What HotSpot tells debuggers of its own fields, read of the calling thread. */
#pragma once
#include <jvmti.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the calling thread's Java frames lie, as it is in native: the words from `begin` on; beyond `end` there is none. */
struct java_frames {
    const uintptr_t *begin, *end;
    uintptr_t anchor[3]; /* stack pointer, return address and frame pointer of the last one */
};

/* False where this JVM's threads are not known. */
bool hotspot_begin(JNIEnv *env, jthread thread);
bool is_in_native(JNIEnv *env);
/* No one is asked: AsyncGetCallTrace would not answer during a garbage collection, and JVMTI would wait for its end. */
bool has_java_frames(JNIEnv *env);
/* False where it has none, or this JVM does not tell where. */
bool find_java_frames(JNIEnv *env, struct java_frames *frames);

struct range {
    uintptr_t begin;
    size_t size;
};
/* Where objects, compiled code and the interpreter lie, and where Java returns to whom it was first called by. False where this
 * JVM does not tell it. */
struct memory {
    struct range heap, code, interpreter;
    uintptr_t first_return;
};
bool find_memory(struct memory *memory);

static inline bool lies_in(uintptr_t word, const struct range *range)
{
    return word - range->begin < range->size;
}
