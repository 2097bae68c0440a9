/* Requests about processes. Each returns the size of its answer, or -1 with errno. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

/* Whether this runs beside the app in its own container, where the first process is the app. */
extern bool inside;

ssize_t send_signal(char **words);
/* Every process with its parent: "PID PARENT" a line. */
ssize_t processes(char **words);
ssize_t adopt_app(char **words);
ssize_t forget_app(char **words);
