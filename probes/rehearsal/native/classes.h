/* The classes of rehearsal.jar in the boot loader. */
#pragma once
#include <jni.h>

/* Defines what an application may look for, with the package javax.crac or without; 0 when it worked. */
int define_api(JNIEnv *env, const char *jar_path, int with_javax);

/* Defines the rest of the Java half unless it is there; to be called before anything of it is used. 0 when it worked. */
int complete_classes(JNIEnv *env);
