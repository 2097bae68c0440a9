/* Which thread asked for a listener that Netty's event loop has bound, and whose socket the loop has made: no stack of the
 * loop's shows it. But the thread that hands such a task over waits until it is done, in a class in which the task's is
 * nested, as `NettyServer$2` is in `NettyServer`. So the thread is looked for that has that class on its stack, and its
 * frames are put below the loop's. Only listeners that a loop makes pay for it. */
#define _GNU_SOURCE
#include "records/asker.h"
#include "agent.h"
#include "guard.h"
#include "records/records.h"
#include "stacks/kept.h"
#include <stdlib.h>
#include <string.h>

/* What is asked about, out of the lock. */
struct question {
    uint32_t file;
    uint64_t time; /* of the event; it may be another's by the time that there is an answer */
    struct capture listened;
    jvmtiFrameInfo made[JAVA_DEPTH], waiting[JAVA_DEPTH];
    jint made_count, waiting_count;
    char *task; /* `Lio/grpc/netty/NettyServer` */
};

static void copy_stack(uint32_t number, struct capture *capture)
{
    const struct stack *stack = stack_at(number);
    capture->java_count = stack ? stack->java_count : 0;
    capture->native_count = stack ? stack->native_count : 0;
    if (!stack)
        return;
    memcpy(capture->java, stack->java, stack->java_count * sizeof *stack->java);
    memcpy(capture->native, stack->java + stack->java_count, stack->native_count * sizeof *capture->native);
}

static bool read_stacks(int fd, struct question *question)
{
    struct capture made;
    lock_records();
    question->file = number_leads_to(fd);
    const struct file *file = file_at(question->file);
    bool known = question->file && file->events[K_OPEN].time && file->events[K_LISTEN].time;
    if (known) {
        question->time = file->events[K_LISTEN].time;
        copy_stack(file->events[K_LISTEN].stack, &question->listened);
        copy_stack(file->events[K_OPEN].stack, &made);
        question->made_count = made.java_count;
        memcpy(question->made, made.java, made.java_count * sizeof *made.java);
    }
    unlock_records();
    return known;
}

/* `Lcom/acme/Pool;` of the class that has the method, to be given back to JVMTI; NULL where it has been unloaded. */
static char *class_of(JNIEnv *env, jmethodID method)
{
    jclass owner;
    char *signature = NULL;
    if ((*jvmti())->GetMethodDeclaringClass(jvmti(), method, &owner))
        return NULL;
    (*jvmti())->GetClassSignature(jvmti(), owner, &signature, NULL);
    (*env)->DeleteLocalRef(env, owner);
    return signature;
}

static void give_back(char *signature)
{
    (*jvmti())->Deallocate(jvmti(), (unsigned char *)signature);
}

/* More are no fault, but -Xcheck:jni remarks upon them. */
enum { MANY_THREADS = 4096 };

enum side { OTHERS, JDKS, NETTYS };

/* A relocated Netty keeps the tail of its names. */
static enum side side_of(const char *signature)
{
    static const char *const jdk[] = {"Ljava/", "Ljdk/", "Lsun/"};
    static const char *const netty[] = {"netty/channel/", "netty/util/", "netty/bootstrap/"};
    for (size_t i = 0; i < sizeof jdk / sizeof *jdk; i++)
        if (!strncmp(signature, jdk[i], strlen(jdk[i])))
            return JDKS;
    for (size_t i = 0; i < sizeof netty / sizeof *netty; i++)
        if (strstr(signature, netty[i]))
            return NETTYS;
    return OTHERS;
}

/* The outermost class that is neither the JDK's nor Netty's; NULL where there is none. `within` says whether Netty ran it. */
static char *outermost(JNIEnv *env, const jvmtiFrameInfo *frames, jint count, bool *within)
{
    *within = false;
    while (count--) {
        char *signature = class_of(env, frames[count].method);
        enum side side = signature ? side_of(signature) : JDKS;
        if (side == OTHERS)
            return signature;
        *within |= side == NETTYS;
        give_back(signature);
    }
    return NULL;
}

/* The class whose task the loop has run to make the socket, without what is nested in it. */
static bool find_task(JNIEnv *env, struct question *question)
{
    bool by_loop, made_by_loop;
    char *other = outermost(env, question->listened.java, question->listened.java_count, &by_loop);
    if (!other && by_loop)
        question->task = outermost(env, question->made, question->made_count, &made_by_loop);
    give_back(other);
    if (!question->task)
        return false;
    question->task[strcspn(question->task, "$;")] = '\0';
    return made_by_loop;
}

static bool is_in(JNIEnv *env, const char *task, const jvmtiFrameInfo *frames, jint count)
{
    bool found = false;
    for (jint i = 0; i < count && !found; i++) {
        char *signature = class_of(env, frames[i].method);
        size_t size = strlen(task);
        found = signature && !strncmp(signature, task, size) && strchr("$;", signature[size]);
        give_back(signature);
    }
    return found;
}

/* False unless it is one thread: of two it is not known which. */
static bool find_waiting(JNIEnv *env, struct question *question)
{
    jvmtiEnv *ti = jvmti();
    jthread own, *threads = NULL;
    jint count = 0, found = 0;
    jvmtiFrameInfo frames[JAVA_DEPTH];
    if ((*env)->PushLocalFrame(env, MANY_THREADS))
        return false;
    if ((*ti)->GetCurrentThread(ti, &own) || (*ti)->GetAllThreads(ti, &count, &threads))
        count = 0;
    for (jint i = 0; i < count; i++) {
        jint depth = 0;
        if (!(*env)->IsSameObject(env, threads[i], own) &&
            !(*ti)->GetStackTrace(ti, threads[i], 0, JAVA_DEPTH, frames, &depth) &&
            is_in(env, question->task, frames, depth) && ++found == 1) {
            memcpy(question->waiting, frames, depth * sizeof *frames);
            question->waiting_count = depth;
        }
    }
    (*ti)->Deallocate(ti, (void *)threads);
    (*env)->PopLocalFrame(env, NULL);
    return found == 1;
}

static void add_waiting(struct question *question)
{
    struct capture *capture = &question->listened;
    jint room = JAVA_DEPTH - capture->java_count;
    jint added = question->waiting_count < room ? question->waiting_count : room;
    memcpy(capture->java + capture->java_count, question->waiting, added * sizeof *question->waiting);
    capture->java_count += added;
    hash_stack(capture, 0 /* no return address: it is nobody's own stack */);
    lock_records();
    struct event *event = &file_at(question->file)->events[K_LISTEN];
    if (event->time == question->time) {
        uint32_t stack = keep_stack(capture);
        event->stack = stack ? stack : event->stack;
    }
    unlock_records();
}

void record_asker(int fd)
{
    enum why why;
    JNIEnv *env = java_thread(&why);
    if (!env || !enter(fd))
        return;
    struct question *question = calloc(1, sizeof *question);
    if (question && read_stacks(fd, question) && find_task(env, question) && find_waiting(env, question))
        add_waiting(question);
    if (question)
        give_back(question->task);
    free(question);
    leave();
}
