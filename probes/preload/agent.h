/* Of whom the JVM may be asked. */
#pragma once
#include <jvmti.h>
#include <stdbool.h>
#include "stacks/capture.h"

JNIEnv *java_thread(enum why *why); /* NULL: the calling thread must not be asked for Java frames */
bool has_java_frames(JNIEnv *env);  /* of such a thread; takes no lock */
jvmtiEnv *jvmti(void);
