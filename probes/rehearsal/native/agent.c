// The agent's life: start with the JVM or attach late, put the Java half in the boot loader, pass requests on.
#define _GNU_SOURCE
#include "rehearsal.h"
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

jvmtiEnv *ti;
char *start_descriptors;
size_t start_descriptors_size;
char start_options[1024];
static char jar_path[PATH_MAX];

static int take_environment(JavaVM *vm) {
    Dl_info self;
    if ((*vm)->GetEnv(vm, (void **)&ti, JVMTI_VERSION_11) || !dladdr(&ti, &self)) return -1;
    char library[PATH_MAX];
    if (!realpath(self.dli_fname, library)) return -1;
    *strrchr(library, '/') = 0;
    if (snprintf(jar_path, sizeof jar_path, "%s/rehearsal.jar", library) >= (int)sizeof jar_path) return -1;
    jvmtiCapabilities needed = { .can_tag_objects = 1 };
    return (*ti)->AddCapabilities(ti, &needed) ? -1 : 0;
}

// Only the 21 line knows the package javax.crac, and org.crac prefers it where it is found.
static int wants_javax(const char *options) {
    return options && strstr(options, "cracVersion=21") != NULL;
}

static int add_java_half(JNIEnv *env, const char *options) {
    return define_classes(env, jar_path, wants_javax(options)) || register_natives(env) ? -1 : 0;
}

static void JNICALL on_vm_init(jvmtiEnv *env_ti, JNIEnv *env, jthread thread) {
    (void)env_ti, (void)thread;
    add_java_half(env, start_options);
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM *vm, char *options, void *reserved) {
    (void)reserved;
    start_descriptors = list_descriptors(&start_descriptors_size);
    snprintf(start_options, sizeof start_options, "%s", options ? options : "");
    if (take_environment(vm)) return JNI_ERR;
    jvmtiEventCallbacks callbacks = { .VMInit = on_vm_init };
    if ((*ti)->SetEventCallbacks(ti, &callbacks, sizeof callbacks)) return JNI_ERR;
    return (*ti)->SetEventNotificationMode(ti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL) ? JNI_ERR : JNI_OK;
}

JNIEXPORT jint JNICALL Agent_OnAttach(JavaVM *vm, char *options, void *reserved) {
    (void)reserved;
    JNIEnv *env;
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10)) return JNI_ERR;
    if (!ti && (take_environment(vm) || add_java_half(env, options))) return JNI_ERR;
    return rehearse(env, options ? options : "");
}

jint rehearse(JNIEnv *env, const char *options) {
    jint code = JNI_ERR;
    if ((*env)->PushLocalFrame(env, 16)) return JNI_ERR;
    jclass request = (*env)->FindClass(env, JAVA_PACKAGE "Request");
    jmethodID handle = request ? (*env)->GetStaticMethodID(env, request, "handle", "([B)I") : NULL;
    jsize length = (jsize)strlen(options);
    jbyteArray bytes = handle ? (*env)->NewByteArray(env, length) : NULL;
    if (bytes) {
        (*env)->SetByteArrayRegion(env, bytes, 0, length, (const jbyte *)options);
        code = (*env)->CallStaticIntMethod(env, request, handle, bytes);
    }
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env);
        (*env)->ExceptionClear(env);
        code = JNI_ERR;
    }
    (*env)->PopLocalFrame(env, NULL);
    return code;
}
