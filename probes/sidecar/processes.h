/* Requests about processes. Each returns the size of its answer, or -1 with errno. */
#pragma once
#include <sys/types.h>

ssize_t send_signal(char **words);
/* Every process with its parent: "PID PARENT" a line. */
ssize_t processes(char **words);
ssize_t adopt_app(char **words);
ssize_t forget_app(char **words);
