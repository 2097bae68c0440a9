/* For tests: whether what is recognised is what JVMTI tells. Does nothing but in a build with -DCHECK_WALKS. */
#pragma once
#include "stacks/capture.h"

void check_recognised(const struct capture *capture, uintptr_t caller);
void check_repeated(void); /* the next one was recognised by the words on its stack */
