/* Removes a folder of this user's own, and nothing else, whatever others do to it meanwhile. */
#pragma once

/*
 * Removes the folder with all that lies in it, while somebody may still write there. Returns 0, also where there is none;
 * -1 with errno where it is not ours (EPERM), no folder (ENOTDIR, ELOOP), or can't be removed.
 */
int tree_remove(const char *path);
