/* The native methods of the Java class Vm. */
#include "native/natives.h"
#include "native/agent.h"
#include "native/classes.h"
#include "native/heap/heap.h"
#include "native/process/descriptors.h"
#include "native/process/marks.h"
#include "native/process/threads.h"
#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>

static jbyteArray to_bytes(JNIEnv *env, const char *text, size_t size)
{
    jbyteArray bytes = text ? (*env)->NewByteArray(env, (jsize)size) : NULL;
    if (bytes)
        (*env)->SetByteArrayRegion(env, bytes, 0, (jsize)size, (const jbyte *)text);
    return bytes;
}

static jbyteArray JNICALL descriptors(JNIEnv *env, jclass self, jboolean only_identities)
{
    (void)self;
    size_t size = 0;
    char *text = list_descriptors(&size, only_identities);
    jbyteArray bytes = to_bytes(env, text, size);
    free(text);
    return bytes;
}

static jbyteArray JNICALL descriptors_at_start(JNIEnv *env, jclass self)
{
    (void)self;
    return to_bytes(env, start_descriptors, start_descriptors_size);
}

static jstring JNICALL options_at_start(JNIEnv *env, jclass self)
{
    (void)self;
    return (*env)->NewStringUTF(env, start_options);
}

static void JNICALL collect_garbage(JNIEnv *env, jclass self)
{
    (void)env, (void)self;
    (*ti)->ForceGarbageCollection(ti);
}

static jint JNICALL descriptor_of_directory(JNIEnv *env, jclass self, jlong pointer)
{
    (void)env, (void)self;
    return pointer ? dirfd((DIR *)(intptr_t)pointer) : -1;
}

static jboolean JNICALL is_initialized(JNIEnv *env, jclass self, jclass type)
{
    (void)env, (void)self;
    jint status = 0;
    (*ti)->GetClassStatus(ti, type, &status);
    return (status & JVMTI_CLASS_STATUS_INITIALIZED) != 0;
}

static void JNICALL open_package(JNIEnv *env, jclass self, jobject module, jstring name, jobject to)
{
    (void)self;
    const char *package = (*env)->GetStringUTFChars(env, name, NULL);
    if (!package)
        return;
    (*ti)->AddModuleOpens(ti, module, package, to);
    (*env)->ReleaseStringUTFChars(env, name, package);
}

static jobjectArray JNICALL instances(JNIEnv *env, jclass self, jobjectArray roots, jobjectArray classes,
                                      jobjectArray names, jintArray values)
{
    (void)self;
    closing_fields closing = {classes, names, values, (*env)->GetArrayLength(env, classes)};
    return live_instances(env, roots, &closing);
}

static jlongArray JNICALL threads(JNIEnv *env, jclass self)
{
    (void)self;
    jsize count = 0;
    jlong *numbers = list_threads(&count);
    jlongArray array = numbers ? (*env)->NewLongArray(env, count) : NULL;
    if (array)
        (*env)->SetLongArrayRegion(env, array, 0, count, numbers);
    free(numbers);
    return array;
}

static jobjectArray JNICALL java_threads(JNIEnv *env, jclass self)
{
    (void)self;
    return java_threads_now(env);
}

/* JVMTI's own list: a thread that ended meanwhile, or is held by somebody else, is no error of the others. */
static void for_each_thread(JNIEnv *env, jobjectArray threads, jvmtiError(JNICALL *action)(jvmtiEnv *, jthread))
{
    jsize count = (*env)->GetArrayLength(env, threads);
    for (jsize i = 0; i < count; i++) {
        jobject thread = (*env)->GetObjectArrayElement(env, threads, i);
        if (thread)
            action(ti, thread);
        (*env)->DeleteLocalRef(env, thread);
    }
}

/* One agent can have it at a time, and a debugger doesn't start without it: it is taken for the moment only. */
static const jvmtiCapabilities suspending = {.can_suspend = 1};

static jboolean JNICALL suspend_threads(JNIEnv *env, jclass self, jobjectArray threads)
{
    (void)self;
    if ((*ti)->AddCapabilities(ti, &suspending))
        return JNI_FALSE;
    for_each_thread(env, threads, (*ti)->SuspendThread);
    return JNI_TRUE;
}

static void JNICALL resume_threads(JNIEnv *env, jclass self, jobjectArray threads)
{
    (void)self;
    for_each_thread(env, threads, (*ti)->ResumeThread);
    (*ti)->RelinquishCapabilities(ti, &suspending);
}

static jlong JNICALL nanoseconds_of(JNIEnv *env, jclass self, jobject thread)
{
    (void)env, (void)self;
    jlong nanoseconds = 0;
    (*ti)->GetThreadCpuTime(ti, thread, &nanoseconds);
    return nanoseconds;
}

static jobjectArray JNICALL loaded(JNIEnv *env, jclass self, jstring signature)
{
    (void)self;
    const char *text = (*env)->GetStringUTFChars(env, signature, NULL);
    if (!text)
        return NULL;
    jobjectArray classes = loaded_classes(env, text);
    (*env)->ReleaseStringUTFChars(env, signature, text);
    return classes;
}

static void JNICALL complete(JNIEnv *env, jclass self)
{
    (void)self;
    complete_classes(env);
}

static int bind(JNIEnv *env, const char *name, const JNINativeMethod *methods, jint count)
{
    jclass type = (*env)->FindClass(env, name);
    if (type && !(*env)->RegisterNatives(env, type, methods, count))
        return 0;
    if ((*env)->ExceptionCheck(env))
        (*env)->ExceptionDescribe(env), (*env)->ExceptionClear(env);
    return -1;
}

int register_natives(JNIEnv *env)
{
    static const JNINativeMethod methods[] = {
        {"descriptors", "(Z)[B", descriptors},
        {"descriptorsAtStart", "()[B", descriptors_at_start},
        {"optionsAtStart", "()Ljava/lang/String;", options_at_start},
        {"collectGarbage", "()V", collect_garbage},
        {"descriptorOfDirectory", "(J)I", descriptor_of_directory},
        {"leadsTo", "(IJJ)Z", leads_to},
        {"mark", "(IJJ)I", mark},
        {"isMarked", "(I)Z", is_marked},
        {"unmark", "(I)V", unmark},
        {"isInitialized", "(Ljava/lang/Class;)Z", is_initialized},
        {"openPackage", "(Ljava/lang/Module;Ljava/lang/String;Ljava/lang/Module;)V", open_package},
        {"instances", "([Ljava/lang/Class;[Ljava/lang/Class;[Ljava/lang/String;[I)[Ljava/lang/Object;", instances},
        {"threads", "()[J", threads},
        {"javaThreads", "()[Ljava/lang/Thread;", java_threads},
        {"suspend", "([Ljava/lang/Thread;)Z", suspend_threads},
        {"resume", "([Ljava/lang/Thread;)V", resume_threads},
        {"nanosOf", "(Ljava/lang/Thread;)J", nanoseconds_of},
        {"loaded", "(Ljava/lang/String;)[Ljava/lang/Class;", loaded},
    };
    return bind(env, JAVA_PACKAGE "vm/Vm", methods, sizeof methods / sizeof *methods);
}

int register_completion(JNIEnv *env)
{
    static const JNINativeMethod methods[] = {{"complete", "()V", complete}};
    return bind(env, JAVA_PACKAGE "notify/UserContext", methods, 1);
}
