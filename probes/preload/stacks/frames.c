/* The calling thread's Java frames, by two walks: one that JVMTI does, and a quick one that only recognises. */
#define _GNU_SOURCE
#include "stacks/frames.h"
#include "agent.h"
#include <dlfcn.h>
#include <string.h>

/* HotSpot's entry for profilers, and what it fills: the innermost frame first. */
struct quick_frame {
    jint location; /* below 0 in a native method */
    jmethodID method;
};
struct quick_trace {
    JNIEnv *env;
    jint count; /* 0 or less: why there is none */
    void *frames;
};
static void (*quick_walk)(struct quick_trace *trace, jint depth, void *context);

_Static_assert(sizeof(struct quick_frame) == sizeof(jvmtiFrameInfo), "one is turned into the other in its place");

/* It answers only while class loads are posted, so that every method has a name for it. */
static void JNICALL on_class_load(jvmtiEnv *ti, JNIEnv *env, jthread thread, jclass loaded)
{
    (void)ti, (void)env, (void)thread, (void)loaded;
}

void quick_frames_wanted(jvmtiEventCallbacks *callbacks)
{
    callbacks->ClassLoad = on_class_load;
}

void quick_frames_begin(jvmtiEnv *ti)
{
    *(void **)&quick_walk = dlsym(RTLD_DEFAULT, "AsyncGetCallTrace");
    if (quick_walk && (*ti)->SetEventNotificationMode(ti, JVMTI_ENABLE, JVMTI_EVENT_CLASS_LOAD, NULL))
        quick_walk = NULL;
}

/* Takes a third of the time of JVMTI's walk, but may leave out the outer frames and not say so. So nobody is told what it
 * finds: it only serves to look up a stack that JVMTI has told before, which then has these very frames, all of them. Of
 * a thread that is in native every frame is walkable; elsewhere it would have to guess. */
bool quick_frames(JNIEnv *env, struct capture *capture)
{
    struct quick_trace trace = {.env = env, .frames = capture->java};
    if (!quick_walk)
        return false;
    quick_walk(&trace, JAVA_DEPTH, NULL);
    for (jint i = 0; i < trace.count; i++) {
        struct quick_frame frame;
        memcpy(&frame, &capture->java[i], sizeof frame);
        if (!frame.method)
            return false;
        capture->java[i] =
            (jvmtiFrameInfo){.method = frame.method, .location = frame.location < 0 ? -1 : frame.location};
    }
    capture->java_count = trace.count;
    return trace.count > 0;
}

bool told_frames(struct capture *capture)
{
    jvmtiEnv *ti = jvmti();
    jint count = 0;
    jvmtiError failed = (*ti)->GetStackTrace(ti, NULL, 0, JAVA_DEPTH, capture->java, &count);
    capture->java_count = failed || count < 0 ? 0 : count;
    return capture->java_count > 0;
}
