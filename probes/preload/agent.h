/* Of whom the JVM may be asked. */
#pragma once
#include <jvmti.h>
#include <stdbool.h>
#include "stacks/capture.h"

JNIEnv *java_thread(enum why *why); /* NULL: the calling thread must not be asked for Java frames */
jvmtiEnv *jvmti(void);
