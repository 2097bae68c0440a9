/* Live objects, loaded classes, threads of Java. */
#pragma once
#include <jni.h>

/* By which value of which field of which class a closed object is known: three arrays of the same length. */
typedef struct {
    jobjectArray classes, names;
    jintArray values;
    jsize count;
} closing_fields;

/* Live instances of the given classes and their subclasses that are not closed, found in one walk through the heap. */
jobjectArray live_instances(JNIEnv *env, jobjectArray roots, const closing_fields *closing);

/* Every loaded class of that name, one for each loader. */
jobjectArray loaded_classes(JNIEnv *env, const char *signature);

/* Every live platform thread of Java. */
jobjectArray java_threads_now(JNIEnv *env);
