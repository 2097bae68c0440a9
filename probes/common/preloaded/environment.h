/* LD_PRELOAD: which process this is, and what its children inherit. Part of each library that is preloaded. */
#pragma once
#include <stdbool.h>

/* Other programs with this LD_PRELOAD, such as a shell around the JVM, are of no interest. */
bool is_java_launcher(void);

/* Takes the library of that file name out of LD_PRELOAD and leaves the user's own entries, in their order. Without it every
 * child of the app would load the library, which may not even be there for it. Java copies the environment later. */
void leave_environment(const char *library);
