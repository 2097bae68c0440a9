/* The name that Java knows the calling thread by; the kernel keeps but 15 bytes of it. Asked for anew when the kernel's
 * changes. */
#define _GNU_SOURCE
#include "agent.h"
#include "guard.h"
#include "names.h"
#include <string.h>
#include <sys/prctl.h>

static THREAD_LOCAL char java_name[NAME_SIZE], kernel_name[16];

static void ask_java(void)
{
    jvmtiEnv *ti = jvmti();
    jvmtiThreadInfo info = {0};
    enum why why;
    JNIEnv *env = java_thread(&why);
    if (!env || (*ti)->GetThreadInfo(ti, NULL, &info) != JVMTI_ERROR_NONE)
        return;
    if (info.name) {
        if (*info.name)
            strncpy(java_name, info.name, NAME_SIZE - 1);
        (*ti)->Deallocate(ti, (void *)info.name);
    }
    /* A native thread never returns to Java: what is not deleted there stays for ever. */
    if (info.thread_group)
        (*env)->DeleteLocalRef(env, info.thread_group);
    if (info.context_class_loader)
        (*env)->DeleteLocalRef(env, info.context_class_loader);
}

static THREAD_LOCAL bool asked;
static THREAD_LOCAL uint64_t asked_at;

/* To be called before the lock is taken. */
void refresh_thread_name(uint64_t time)
{
    char name[NAME_SIZE] = {0};
    enum why why;
    /* A thread that opens without a pause is not asked each time. */
    if (asked && time - asked_at < 10000000)
        return;
    asked_at = time;
    prctl(PR_GET_NAME, name);
    if (asked && !memcmp(name, kernel_name, sizeof kernel_name))
        return;
    memcpy(java_name, name, NAME_SIZE);
    memcpy(kernel_name, name, sizeof kernel_name);
    /* Such a thread carries virtual ones, and Java would name the one that it carries now. */
    if (!strncmp(name, "ForkJoinPool-", 13))
        asked = true;
    else if ((asked = java_thread(&why) != NULL))
        ask_java();
}

const char *thread_name(void)
{
    return java_name;
}
