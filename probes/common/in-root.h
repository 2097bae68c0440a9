/* Opens what a path leads to in somebody else's file system. */
#pragma once

/* Resolved as if the folder were the root of the file system: no link leads out of it. Returns -1 with errno. */
int open_in_root(int root, const char *path, int flags);
