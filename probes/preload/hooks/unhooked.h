/* What makes a descriptor past the hooks. */
#pragma once
#include <stdint.h>
#include "guard.h"

void unhooked_begin(void);

/* Not 0 while a hook is around a call; a signal handler may have hooks, too. */
extern THREAD_LOCAL uint32_t hooked;
