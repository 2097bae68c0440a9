// What the native half shares: JVMTI does here what Java code can't do on a JDK without CRaC.
#ifndef REHEARSAL_H
#define REHEARSAL_H

#include <jvmti.h>
#include <stddef.h>

#define JAVA_PACKAGE "io/github/cracpreflight/rehearsal/"

extern jvmtiEnv *ti;

// The table of open descriptors at the agent's start; NULL when the agent came late.
extern char *start_descriptors;
extern size_t start_descriptors_size;

// The options the agent was started with; "" after a late attach.
extern char start_options[];

// Defines in the boot loader what an application may look for, with the package javax.crac or without; 0 when it worked.
int define_api(JNIEnv *env, const char *jar_path, int with_javax);

// Defines the rest of the Java half unless it is there; to be called before anything of it is used.
int complete_classes(JNIEnv *env);

// One line for each open descriptor of this process, to be freed by the caller.
char *list_descriptors(size_t *size);

// By which value of which field of which class a closed object is known: three arrays of the same length.
typedef struct {
    jobjectArray classes, names;
    jintArray values;
    jsize count;
} closing_fields;

// Live instances of the given classes and their subclasses that are not closed, found in one walk through the heap.
jobjectArray live_instances(JNIEnv *env, jobjectArray roots, const closing_fields *closing);

// The number by which a walk through the heap calls a field of `holder` in objects of `type`; -1 when there is none.
jint field_index(JNIEnv *env, jclass type, jclass holder, jstring name);

// Every live platform thread of Java.
jobjectArray java_threads_now(JNIEnv *env);

// Three numbers for each thread of this process: id, state as a character, nanoseconds that it has run.
jlong *list_threads(jsize *count);

// Every loaded class of that name, one for each loader.
jobjectArray loaded_classes(JNIEnv *env, const char *signature);

// The natives of Vm that mark open files.
jint JNICALL mark(JNIEnv *env, jclass self, jint fd, jlong device, jlong inode);
jboolean JNICALL is_marked(JNIEnv *env, jclass self, jint fd);
void JNICALL unmark(JNIEnv *env, jclass self, jint fd);

// Binds the one native method of UserContext; 0 when it worked.
int register_completion(JNIEnv *env);

// Binds the native methods of the Java class Vm; 0 when it worked.
int register_natives(JNIEnv *env);

// The answer to an attach request: a file that its options name. The code goes back to the requester.
jint rehearse(JNIEnv *env, const char *options);

// The answer to the diagnostic command JDK.checkpoint as the attach protocol carries it, to be freed by the caller.
char *checkpoint_text(JNIEnv *env, const char *arguments, size_t *size);

// Answers JDK.checkpoint to every jcmd from now on. Needs -XX:+StartAttachListener.
void answer_jcmd(JavaVM *vm);

#endif
