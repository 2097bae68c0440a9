/* The name that Java knows the calling thread by. */
#pragma once
#include <stdint.h>

enum { NAME_SIZE = 64 };

void refresh_thread_name(uint64_t time);
const char *thread_name(void); /* as it was refreshed last */
