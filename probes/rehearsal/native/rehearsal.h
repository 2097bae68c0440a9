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

// Defines the Java half in the boot loader, with the package javax.crac or without; 0 when it worked.
int define_classes(JNIEnv *env, const char *jar_path, int with_javax);

// One line for each open descriptor of this process, to be freed by the caller.
char *list_descriptors(size_t *size);

// Live instances of the given classes and their subclasses, found in one walk through the heap.
jobjectArray live_instances(JNIEnv *env, jobjectArray roots);

// Every loaded class of that name, one for each loader.
jobjectArray loaded_classes(JNIEnv *env, const char *signature);

// Binds the native methods of the Java class Vm; 0 when it worked.
int register_natives(JNIEnv *env);

// The answer to an attach request: a file that its options name. The code goes back to the requester.
jint rehearse(JNIEnv *env, const char *options);

// The answer to the diagnostic command JDK.checkpoint as the attach protocol carries it, to be freed by the caller.
char *checkpoint_text(JNIEnv *env, const char *arguments, size_t *size);

// Answers JDK.checkpoint to every jcmd from now on. Needs -XX:+StartAttachListener.
void answer_jcmd(JavaVM *vm);

#endif
