/* What the calling thread is doing: its Java frames and the native frames below them. */
#include "stacks/capture.h"
#include "agent.h"
#include "hotspot.h"
#include "stacks/check.h"
#include "stacks/frames.h"
#include "stacks/kept.h"
#include "stacks/native.h"
#include "stacks/repeated.h"

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    return hash ^ hash >> 29;
}

uint64_t hash_stack(struct capture *capture, uintptr_t caller)
{
    capture->hash = mix(capture->java_count, caller);
    for (jint i = 0; i < capture->java_count; i++)
        capture->hash = mix(mix(capture->hash, (uintptr_t)capture->java[i].method), capture->java[i].location);
    for (uint32_t i = 0; i < capture->native_count; i++)
        capture->hash = mix(capture->hash, capture->native[i]);
    return capture->hash;
}

/* As one that JVMTI has told before: by the words on the stack, which are compared where no native frames are to be walked, or
 * by the quick walk. */
static bool recognise(JNIEnv *env, struct capture *capture, uintptr_t caller, bool walked)
{
    if (!walked && is_repeated(env, capture, caller) && is_kept(capture->hash)) {
        check_repeated();
        return true;
    }
    if (!quick_frames(env, capture) || !is_kept(hash_stack(capture, caller)))
        return false;
    if (!walked)
        remember(env, capture, caller);
    return true;
}

/* Where Java frames and `caller` tell the native frames in between, these are walked once for each such pair: walking
 * costs more than all the rest. */
void capture_stack(struct capture *capture, uintptr_t caller)
{
    capture->native_count = capture->java_count = 0;
    JNIEnv *env = java_thread(&capture->why);
    bool walked = !env || !is_only_way(caller);
    if (walked)
        walk_native(capture, caller);
    capture->recognised = env && recognise(env, capture, caller, walked);
    if (capture->recognised)
        return check_recognised(capture, caller);
    if (env && !told_frames(capture))
        capture->why = NO_FRAMES;
    capture->recognised = is_kept(hash_stack(capture, caller)) && capture->java_count;
    if (capture->recognised)
        return;
    /* The hash of a pair stays as it was looked up, that of frames without Java does not. */
    if (!walked)
        walk_native(capture, caller);
    if (!walked && capture->java_count == 0)
        hash_stack(capture, caller);
}

/* For a signal handler: the native frames are in the record of the thread that sent the signal, and no unwinder is asked, which may
 * take locks. A compiler thread calls itself "in native" within the VM and holds its locks, but has no Java frames. */
void capture_in_handler(struct capture *capture)
{
    capture->native_count = capture->java_count = 0;
    JNIEnv *env = java_thread(&capture->why);
    if (env && !(has_java_frames(env) && told_frames(capture)))
        capture->why = NO_FRAMES;
    hash_stack(capture, 1 /* no return address */);
}
