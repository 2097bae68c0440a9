/* HotSpot tells the offsets of its own fields to debuggers in a table that libjvm exports. */
#define _GNU_SOURCE
#include "hotspot.h"
#include "guard.h"
#include <dlfcn.h>
#include <string.h>

struct vm_field {
    const char *type, *field, *kind;
    int32_t is_static;
    uint64_t offset;
    void *address;
};

enum { THREAD_IN_NATIVE = 4 };

/* From a thread's JNIEnv on; 0: not known. */
static ptrdiff_t to_state, to_anchor, to_stack_base;
static ptrdiff_t in_anchor[3];

static const struct vm_field *find_field(const char *type, const char *field)
{
    struct vm_field **fields = dlsym(RTLD_DEFAULT, "gHotSpotVMStructs");
    for (const struct vm_field *each = fields ? *fields : NULL; each && each->type; each++)
        if (!strcmp(each->type, type) && each->field && !strcmp(each->field, field))
            return each;
    return NULL;
}

static uintptr_t word_at(JNIEnv *env, ptrdiff_t offset)
{
    return *(volatile uintptr_t *)((char *)env + offset);
}

bool is_in_native(JNIEnv *env)
{
    return *(volatile int *)((char *)env + to_state) == THREAD_IN_NATIVE;
}

static void find_anchor(ptrdiff_t to_thread)
{
    static const char *const names[] = {"_last_Java_sp", "_last_Java_pc", "_last_Java_fp"};
    const struct vm_field *anchor = find_field("JavaThread", "_anchor"),
                          *base = find_field("JavaThread", "_stack_base");
    const struct vm_field *in[3];
    for (int i = 0; i < 3; i++)
        in[i] = find_field("JavaFrameAnchor", names[i]);
    for (int i = 0; i < 3; i++)
        in_anchor[i] = in[i] ? (ptrdiff_t)in[i]->offset : 0;
    to_anchor = anchor && in[0] ? to_thread + anchor->offset : 0;
    to_stack_base = to_anchor && in[1] && in[2] && base ? to_thread + base->offset : 0;
}

bool hotspot_begin(JNIEnv *env, jthread thread)
{
    const struct vm_field *state = find_field("JavaThread", "_thread_state");
    jfieldID eetop = (*env)->GetFieldID(env, (*env)->GetObjectClass(env, thread), "eetop", "J");
    if (!eetop)
        (*env)->ExceptionClear(env);
    if (!eetop || !state)
        return false;
    /* Thread.eetop is the address of the VM's own thread, in which the JNIEnv lies, too. */
    ptrdiff_t to_thread = (*env)->GetLongField(env, thread, eetop) - (intptr_t)env;
    to_state = to_thread + state->offset;
    find_anchor(to_thread);
    return is_in_native(env);
}

bool has_java_frames(JNIEnv *env)
{
    return to_anchor && word_at(env, to_anchor + in_anchor[0]);
}

/* A thread's own variables lie on its stack, too, above all frames; those of the first thread do not. */
bool find_java_frames(JNIEnv *env, struct java_frames *frames)
{
    static THREAD_LOCAL char above;
    if (!to_stack_base || !has_java_frames(env))
        return false;
    for (int i = 0; i < 3; i++)
        frames->anchor[i] = word_at(env, to_anchor + in_anchor[i]);
    uintptr_t begin = frames->anchor[0], end = word_at(env, to_stack_base), own = (uintptr_t)&above & -sizeof begin;
    /* The return address into the last frame lies one word below it. */
    frames->begin = (const uintptr_t *)begin - 1;
    frames->end = (const uintptr_t *)(own > begin && own < end ? own : end);
    return frames->begin < frames->end;
}

static uintptr_t static_word(const char *type, const char *field)
{
    const struct vm_field *found = find_field(type, field);
    return found && found->address ? *(uintptr_t *)found->address : 0;
}

/* NULL where it is not known. */
static const void *in_object(uintptr_t object, const char *type, const char *field)
{
    const struct vm_field *found = object ? find_field(type, field) : NULL;
    return found ? (const void *)(object + found->offset) : NULL;
}

bool find_memory(struct memory *memory)
{
    uintptr_t low = static_word("CodeCache", "_low_bound"), high = static_word("CodeCache", "_high_bound");
    uintptr_t stubs = static_word("AbstractInterpreter", "_code");
    uintptr_t heap = (uintptr_t)in_object(static_word("Universe", "_collectedHeap"), "CollectedHeap", "_reserved");
    const uintptr_t *start = in_object(heap, "MemRegion", "_start"),
                    *words = in_object(heap, "MemRegion", "_word_size");
    const uintptr_t *stub = in_object(stubs, "StubQueue", "_stub_buffer");
    const int *limit = in_object(stubs, "StubQueue", "_buffer_limit");
    memory->first_return = static_word("StubRoutines", "_call_stub_return_address");
    if (!memory->first_return || low >= high || !start || !words || !*words || !stub || !limit || *limit <= 0)
        return false;
    memory->heap = (struct range){*start, *words * sizeof *words};
    memory->code = (struct range){low, high - low};
    memory->interpreter = (struct range){*stub, *limit};
    return true;
}
