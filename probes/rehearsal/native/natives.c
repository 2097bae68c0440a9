// The native methods of the Java class Vm.
#define _GNU_SOURCE
#include "rehearsal.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static jbyteArray to_bytes(JNIEnv *env, const char *text, size_t size) {
    jbyteArray bytes = text ? (*env)->NewByteArray(env, (jsize)size) : NULL;
    if (bytes) (*env)->SetByteArrayRegion(env, bytes, 0, (jsize)size, (const jbyte *)text);
    return bytes;
}

static jbyteArray JNICALL descriptors(JNIEnv *env, jclass self) {
    (void)self;
    size_t size = 0;
    char *text = list_descriptors(&size);
    jbyteArray bytes = to_bytes(env, text, size);
    free(text);
    return bytes;
}

static jbyteArray JNICALL descriptors_at_start(JNIEnv *env, jclass self) {
    (void)self;
    return to_bytes(env, start_descriptors, start_descriptors_size);
}

static jstring JNICALL options_at_start(JNIEnv *env, jclass self) {
    (void)self;
    return (*env)->NewStringUTF(env, start_options);
}

static void JNICALL collect_garbage(JNIEnv *env, jclass self) {
    (void)env, (void)self;
    (*ti)->ForceGarbageCollection(ti);
}

static jint JNICALL descriptor_of_directory(JNIEnv *env, jclass self, jlong pointer) {
    (void)env, (void)self;
    return pointer ? dirfd((DIR *)(intptr_t)pointer) : -1;
}

// An open file remembers who gets its SIGIO; nobody asks for that of a file, directory or anonymous inode. So the owner
// can serve as a mark by which the same open file is known again, where number and inode may have been used anew.
enum { MARKED = 1, UNMARKABLE = 0, GONE = -1 };

static int is_path_only(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_PATH);
}

// Between two calls the number may get another open file: whatever is not certain counts as gone.
static jint JNICALL mark(JNIEnv *env, jclass self, jint fd) {
    (void)env, (void)self;
    int owner = fcntl(fd, F_GETOWN);
    if (owner > 0) return UNMARKABLE;
    if (owner < 0) return is_path_only(fd) ? UNMARKABLE : GONE;
    return fcntl(fd, F_SETOWN, getpid()) == 0 && fcntl(fd, F_GETOWN) == getpid() ? MARKED : GONE;
}

static jboolean JNICALL unmark(JNIEnv *env, jclass self, jint fd) {
    (void)env, (void)self;
    return fcntl(fd, F_GETOWN) == getpid() && fcntl(fd, F_SETOWN, 0) == 0;
}

static jboolean JNICALL is_initialized(JNIEnv *env, jclass self, jclass type) {
    (void)env, (void)self;
    jint status = 0;
    (*ti)->GetClassStatus(ti, type, &status);
    return (status & JVMTI_CLASS_STATUS_INITIALIZED) != 0;
}

static void JNICALL open_package(JNIEnv *env, jclass self, jobject module, jstring name, jobject to) {
    (void)self;
    const char *package = (*env)->GetStringUTFChars(env, name, NULL);
    if (!package) return;
    (*ti)->AddModuleOpens(ti, module, package, to);
    (*env)->ReleaseStringUTFChars(env, name, package);
}

static jobjectArray JNICALL instances(JNIEnv *env, jclass self, jobjectArray roots) {
    (void)self;
    return live_instances(env, roots);
}

static jobjectArray JNICALL loaded(JNIEnv *env, jclass self, jstring signature) {
    (void)self;
    const char *text = (*env)->GetStringUTFChars(env, signature, NULL);
    if (!text) return NULL;
    jobjectArray classes = loaded_classes(env, text);
    (*env)->ReleaseStringUTFChars(env, signature, text);
    return classes;
}

int register_natives(JNIEnv *env) {
    static const JNINativeMethod methods[] = {
        { "descriptors", "()[B", descriptors },
        { "descriptorsAtStart", "()[B", descriptors_at_start },
        { "optionsAtStart", "()Ljava/lang/String;", options_at_start },
        { "collectGarbage", "()V", collect_garbage },
        { "descriptorOfDirectory", "(J)I", descriptor_of_directory },
        { "mark", "(I)I", mark },
        { "unmark", "(I)Z", unmark },
        { "isInitialized", "(Ljava/lang/Class;)Z", is_initialized },
        { "openPackage", "(Ljava/lang/Module;Ljava/lang/String;Ljava/lang/Module;)V", open_package },
        { "instances", "([Ljava/lang/Class;)[Ljava/lang/Object;", instances },
        { "loaded", "(Ljava/lang/String;)[Ljava/lang/Class;", loaded },
    };
    jclass vm = (*env)->FindClass(env, JAVA_PACKAGE "Vm");
    if (vm && !(*env)->RegisterNatives(env, vm, methods, sizeof methods / sizeof *methods)) return 0;
    if ((*env)->ExceptionCheck(env)) (*env)->ExceptionDescribe(env), (*env)->ExceptionClear(env);
    return -1;
}
