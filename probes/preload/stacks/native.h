/* The native frames of the calling thread. */
#pragma once
#include "stacks/capture.h"

/* To be called once the JVM is there. */
void native_begin(void);

/* Whether Java frames and this return address tell the native frames in between: there is one way from the one to the other. */
bool is_only_way(uintptr_t caller);

/* From the return address of the hook on, up to the first Java frame. */
void walk_native(struct capture *capture, uintptr_t caller);
