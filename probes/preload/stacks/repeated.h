/* Threads that stand where they stood a moment ago. */
#pragma once
#include "stacks/capture.h"

void repeated_begin(void);
/* Whether the calling thread has the Java frames that it had when `remember` was called, and came to `caller`; sets the hash. */
bool is_repeated(JNIEnv *env, struct capture *capture, uintptr_t caller);
void remember(JNIEnv *env, const struct capture *capture, uintptr_t caller);
