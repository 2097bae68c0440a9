/* How libc's own functions are found. */
#pragma once
#include <stdbool.h>

void *real_function(const char *name);
bool is_preloaded(void);
