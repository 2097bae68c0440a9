/* Connects to a unix socket only where it is the one of whom it is said to be. */
#pragma once
#include <sys/types.h>

/*
 * Connects to the socket that lies at `place`, a descriptor that was opened with O_PATH. Returns the connection, or -1
 * with errno; EPERM where the socket is of another user, open to others, or listened on by another process.
 */
int connect_to_listener(int place, pid_t pid, uid_t uid);
