/* Fields as JVMTI numbers them. */
#pragma once
#include <jni.h>

/* The number by which a walk through the heap calls a field of `holder` in objects of `type`; -1 when there is none. */
jint field_index(JNIEnv *env, jclass type, jclass holder, jstring name);
