/* The threads of this process, those of the VM included. */
#pragma once
#include <jni.h>

/* Three numbers for each thread: id, state as a character, nanoseconds that it has run; to be freed by the caller. NULL
 * where they can't all be listed. */
jlong *list_threads(jsize *count);
