/* Marks on open files: natives of Vm. */
#pragma once
#include <jni.h>

jboolean JNICALL leads_to(JNIEnv *env, jclass self, jint fd, jlong device, jlong inode);
jint JNICALL mark(JNIEnv *env, jclass self, jint fd, jlong device, jlong inode);
jboolean JNICALL is_marked(JNIEnv *env, jclass self, jint fd);
void JNICALL unmark(JNIEnv *env, jclass self, jint fd);
