/* Which paths may be asked for, and what they lead to. */
#pragma once

/*
 * Opens a path. Below /proc/PID/root and below an adopted folder (@N/...) links lead where the app itself would get to,
 * never out of its file system. Returns -1 with errno; EACCES for a path that is none of our business.
 */
int path_open(const char *path, int flags);
/* Opens the folder that a path lies in, and says where its last component begins. */
int path_parent(const char *path, const char **last);

/* Closes a descriptor and leaves errno as it is. */
void close_quietly(int file);

/* Adopts an app: its folder stays in reach, and it ends with this program. Returns a number, or -1 with errno. */
int adopt(int pid, const char *folder);
int forget(int number);
/* Ends every app that has not been forgotten. */
void end_adopted(void);
