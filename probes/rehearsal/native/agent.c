/* The agent's life: start with the JVM or attach late, put the Java half in the boot loader, pass requests on. */
#define _GNU_SOURCE
#include "native/agent.h"
#include "native/classes.h"
#include "native/jcmd/jcmd.h"
#include "native/natives.h"
#include "native/process/descriptors.h"
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

static int take_environment(JavaVM *vm)
{
    Dl_info self;
    if ((*vm)->GetEnv(vm, (void **)&ti, JVMTI_VERSION_11) || !dladdr(&ti, &self))
        return -1;
    char library[PATH_MAX];
    if (!realpath(self.dli_fname, library))
        return -1;
    *strrchr(library, '/') = 0;
    if (snprintf(jar_path, sizeof jar_path, "%s/../common/rehearsal.jar", library) >= (int)sizeof jar_path)
        return -1;
    jvmtiCapabilities needed = {.can_get_thread_cpu_time = 1};
    return (*ti)->AddCapabilities(ti, &needed) ? -1 : 0;
}

/* Only the 21 line knows the package javax.crac, and org.crac prefers it where it is found. */
static int wants_javax(const char *options)
{
    return options && strstr(options, "cracVersion=21") != NULL;
}

/* Whether the word stands alone among the options. */
static int has_word(const char *options, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = options; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
        if (!strncmp(at, word, length) && (at[length] == 0 || at[length] == ','))
            return 1;
    return 0;
}

static int add_java_half(JNIEnv *env, const char *options)
{
    return define_api(env, jar_path, wants_javax(options)) || register_completion(env) ? -1 : 0;
}

static void JNICALL on_vm_init(jvmtiEnv *env_ti, JNIEnv *env, jthread thread)
{
    (void)env_ti, (void)thread;
    JavaVM *vm;
    if (add_java_half(env, start_options) || !has_word(start_options, "jcmd") || (*env)->GetJavaVM(env, &vm))
        return;
    answer_jcmd(vm);
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM *vm, char *options, void *reserved)
{
    (void)reserved;
    start_descriptors = list_descriptors(&start_descriptors_size, 0);
    if (!start_descriptors) {
        perror("crac-preflight: the JVM's descriptors can't be listed");
        return JNI_ERR;
    }
    if (snprintf(start_options, sizeof start_options, "%s", options ? options : "") >= (int)sizeof start_options) {
        fprintf(stderr, "librehearsal.so: its options are longer than %zu bytes: set TMPDIR to a shorter path\n",
                sizeof start_options - 1);
        return JNI_ERR;
    }
    if (take_environment(vm))
        return JNI_ERR;
    jvmtiEventCallbacks callbacks = {.VMInit = on_vm_init};
    if ((*ti)->SetEventCallbacks(ti, &callbacks, sizeof callbacks))
        return JNI_ERR;
    return (*ti)->SetEventNotificationMode(ti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL) ? JNI_ERR : JNI_OK;
}

/* Calls a static method of Request with the text; 0 when it returned. */
static int ask_java(JNIEnv *env, const char *method, const char *signature, const char *text, jvalue *result)
{
    if (complete_classes(env))
        return -1;
    jclass request = (*env)->FindClass(env, JAVA_PACKAGE "Request");
    jmethodID handle = request ? (*env)->GetStaticMethodID(env, request, method, signature) : NULL;
    jsize length = (jsize)strlen(text);
    jbyteArray bytes = handle ? (*env)->NewByteArray(env, length) : NULL;
    if (bytes) {
        (*env)->SetByteArrayRegion(env, bytes, 0, length, (const jbyte *)text);
        if (strchr(signature, ')')[1] == 'I')
            result->i = (*env)->CallStaticIntMethod(env, request, handle, bytes);
        else
            result->l = (*env)->CallStaticObjectMethod(env, request, handle, bytes);
    }
    if (!(*env)->ExceptionCheck(env))
        return bytes ? 0 : -1;
    (*env)->ExceptionDescribe(env);
    (*env)->ExceptionClear(env);
    return -1;
}

static jint rehearse(JNIEnv *env, const char *options)
{
    jvalue code;
    if ((*env)->PushLocalFrame(env, 16))
        return JNI_ERR;
    int failed = ask_java(env, "handle", "([B)I", options, &code);
    (*env)->PopLocalFrame(env, NULL);
    return failed ? JNI_ERR : code.i;
}

JNIEXPORT jint JNICALL Agent_OnAttach(JavaVM *vm, char *options, void *reserved)
{
    (void)reserved;
    JNIEnv *env;
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10))
        return JNI_ERR;
    if (!ti && (take_environment(vm) || add_java_half(env, options)))
        return JNI_ERR;
    return rehearse(env, options ? options : "");
}

char *checkpoint_text(JNIEnv *env, const char *arguments, size_t *size)
{
    jvalue answer;
    char *text = NULL;
    if ((*env)->PushLocalFrame(env, 16))
        return NULL;
    if (!ask_java(env, "checkpoint", "([B)[B", arguments, &answer) && answer.l) {
        *size = (size_t)(*env)->GetArrayLength(env, answer.l);
        text = malloc(*size + 1);
        if (text)
            (*env)->GetByteArrayRegion(env, answer.l, 0, (jsize)*size, (jbyte *)text);
    }
    (*env)->PopLocalFrame(env, NULL);
    return text;
}
