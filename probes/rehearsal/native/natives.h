/* The native methods of the Java half. */
#pragma once
#include <jni.h>

/* Binds the one native method of UserContext; 0 when it worked. */
int register_completion(JNIEnv *env);

/* Binds the native methods of Vm; 0 when it worked. */
int register_natives(JNIEnv *env);
