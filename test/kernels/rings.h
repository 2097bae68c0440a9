#pragma once
#include <stdbool.h>

/* Opens a file through io_uring, and another that gets its number only later; -1 where the kernel does not do that. */
void ring_open(int fds[2]);
