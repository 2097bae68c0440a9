/* What attaching to a JVM leaves behind where it is killed. */
#pragma once
#include <sys/types.h>

/* Keeps the folders of a process within reach, as it may be gone when they are needed. */
void attached_remember(pid_t pid);
/* The same for all of a process group. */
void attached_remember_group(pid_t group);
/* Removes the sockets and trigger files of this user that attaching to those processes has left. */
void attached_remove(void);
