/* The calling thread's Java frames. */
#pragma once
#include "stacks/capture.h"

void quick_frames_wanted(jvmtiEventCallbacks *callbacks);
void quick_frames_begin(jvmtiEnv *ti);
bool quick_frames(JNIEnv *env, struct capture *capture); /* to look up what was told before, and for nothing else */
bool told_frames(struct capture *capture);
