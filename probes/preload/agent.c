/* The agent: when and of whom the JVM may be asked. */
#define _GNU_SOURCE
#include "common/preloaded/environment.h"
#include "agent.h"
#include "guard.h"
#include "hooks/late.h"
#include "hooks/lookup.h"
#include "hooks/unhooked.h"
#include "hotspot.h"
#include "records/dump.h"
#include "records/records.h"
#include "stacks/frames.h"
#include "stacks/native.h"
#include "stacks/repeated.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

static JavaVM *vm;
static jvmtiEnv *ti;
static _Atomic bool live;
static char at_death[MAXPATHLEN]; /* where the records are to be written when the JVM ends; empty: nowhere */

jvmtiEnv *jvmti(void)
{
    return ti;
}

/* JVMTI moves the calling thread from "in native" into the VM and back. A thread that is in the VM already (libjvm opens
 * files itself), in Java (a signal handler), or in a critical FFM call would come back in a wrong state: the next
 * garbage collection would not wait for it, or wait for ever. Most runs survive that, so no test will miss this guard.
 * Before VMInit and after VMDeath the JVM has no stacks to tell. */
JNIEnv *java_thread(enum why *why)
{
    JNIEnv *env;
    if (!atomic_load_explicit(&live, memory_order_acquire))
        return *why = BOOT, NULL;
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_6) != JNI_OK)
        return *why = NOT_JAVA, NULL;
    if (!is_in_native(env))
        return *why = IN_VM, NULL;
    return *why = JAVA, env;
}

static void JNICALL on_vm_init(jvmtiEnv *agent, JNIEnv *env, jthread thread)
{
    (void)agent;
    live = hotspot_begin(env, thread);
    if (!live)
        return;
    native_begin();
    quick_frames_begin(ti);
    repeated_begin();
    unhooked_begin();
}

static void JNICALL on_vm_death(jvmtiEnv *agent, JNIEnv *env)
{
    (void)agent;
    (void)env;
    live = false;
    if (*at_death)
        dump(vm, at_death, 0);
}

/* From the first instruction, so that what the JVM opens before its agents are up has a record, too. */
__attribute__((constructor)) static void begin(void)
{
    if (is_java_launcher())
        records_begin();
}

/* Every JVM that gets the option writes a file of its own, named by its pid. */
static void remember_death(const char *options)
{
    const char *prefix = options ? strstr(options, "death=") : NULL;
    int size = prefix ? snprintf(at_death, sizeof at_death, "%s%d.jsonl", prefix + strlen("death="), getpid()) : 0;
    if (size >= (int)sizeof at_death)
        *at_death = '\0';
}

/* A JVM that the app starts may inherit the option without the preload: then there is nothing to do, and nothing to say. */
__attribute__((visibility("default"))) jint JNICALL Agent_OnLoad(JavaVM *loaded_by, char *options, void *reserved)
{
    (void)reserved;
    jvmtiCapabilities wanted = {.can_get_line_numbers = 1, .can_get_source_file_name = 1};
    jvmtiEventCallbacks callbacks = {.VMInit = on_vm_init, .VMDeath = on_vm_death};
    vm = loaded_by;
    leave_environment("libfdpreload.so");
    if (!is_preloaded() || !records_begin())
        return JNI_OK;
    if ((*vm)->GetEnv(vm, (void **)&ti, JVMTI_VERSION_1_2) != JNI_OK)
        return JNI_OK;
    remember_death(options);
    quick_frames_wanted(&callbacks);
    (*ti)->AddCapabilities(ti, &wanted);
    (*ti)->SetEventCallbacks(ti, &callbacks, sizeof callbacks);
    (*ti)->SetEventNotificationMode(ti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL);
    (*ti)->SetEventNotificationMode(ti, JVMTI_ENABLE, JVMTI_EVENT_VM_DEATH, NULL);
    return JNI_OK;
}

static bool late; /* the hooks were put into a JVM that ran already */

/* As Agent_OnLoad and on_vm_init in one, without the quick walk: that would need every class load to be posted. */
static bool agent_begin(JavaVM *loaded_by)
{
    JNIEnv *env;
    jthread thread;
    jvmtiCapabilities wanted = {.can_get_line_numbers = 1, .can_get_source_file_name = 1};
    jvmtiEventCallbacks callbacks = {.VMDeath = on_vm_death};
    vm = loaded_by;
    if (ti)
        return live;
    if (!records_begin() || (*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_6) != JNI_OK ||
        (*vm)->GetEnv(vm, (void **)&ti, JVMTI_VERSION_1_2) != JNI_OK || (*ti)->GetCurrentThread(ti, &thread))
        return false;
    (*ti)->AddCapabilities(ti, &wanted);
    (*ti)->SetEventCallbacks(ti, &callbacks, sizeof callbacks);
    (*ti)->SetEventNotificationMode(ti, JVMTI_ENABLE, JVMTI_EVENT_VM_DEATH, NULL);
    native_begin();
    return live = hotspot_begin(env, thread);
}

/* Answers of `begin`, beside 0. */
enum { AT_WORK = 2, NO_STATE, NO_HOOKS };

static jint begin_late(JavaVM *loaded_by)
{
    if (late || is_preloaded())
        return AT_WORK;
    if (!agent_begin(loaded_by))
        return NO_STATE;
    records_forget();
    guard_watch(true);
    late = late_begin();
    guard_watch(late);
    return late ? JNI_OK : NO_HOOKS;
}

static jint end_late(void)
{
    if (!late)
        return JNI_OK;
    late_end();
    guard_watch(false);
    late = false;
    return JNI_OK;
}

/* `begin`, `end`, or `since=NANOSECONDS,dump=FILE` */
__attribute__((visibility("default"))) jint JNICALL Agent_OnAttach(JavaVM *loaded_by, char *options, void *reserved)
{
    (void)reserved;
    if (options && !strcmp(options, "begin"))
        return begin_late(loaded_by);
    if (options && !strcmp(options, "end"))
        return end_late();
    const char *path = options ? strstr(options, "dump=") : NULL;
    if (!path || !ti)
        return 1;
    return dump(loaded_by, path + strlen("dump="), strncmp(options, "since=", 6) ? 0 : strtoull(options + 6, NULL, 10));
}
