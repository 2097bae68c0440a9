/* What the calling thread is doing: its Java frames and the native frames below them. */
#define _GNU_SOURCE
#include "stacks/capture.h"
#include <unwind.h>
#include "agent.h"
#include "stacks/frames.h"
#include "stacks/kept.h"

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

static uint64_t hashed(struct capture *capture, uintptr_t caller)
{
    capture->hash = mix(capture->java_count, caller);
    for (jint i = 0; i < capture->java_count; i++)
        capture->hash = mix(mix(capture->hash, (uintptr_t)capture->java[i].method), capture->java[i].location);
    return capture->hash;
}

/* The native frames between Java and `caller` are walked once for each Java stack and caller: walking costs more than
 * all the rest. Without Java frames they are all there is to tell one stack from another. */
void capture_stack(struct capture *capture, uintptr_t caller)
{
    capture->native_count = capture->java_count = 0;
    JNIEnv *env = java_thread(&capture->why);
    if (env && quick_frames(env, capture) && is_kept(hashed(capture, caller)))
        return check_walk(capture);
    if (env && !told_frames(capture))
        capture->why = NO_FRAMES;
    if (is_kept(hashed(capture, caller)) && capture->java_count)
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
