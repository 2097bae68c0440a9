#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>
#include "load/permit.h"

/* The line `Uid: real effective saved file-system` of /proc/PID/status. */
static bool read_uids(int pid, unsigned *uids)
{
    char path[32], line[256];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *status = fopen(path, "re");
    if (!status)
        return false;
    while (!found && fgets(line, sizeof line, status))
        found = sscanf(line, "Uid: %u %u %u", uids, uids + 1, uids + 2) == 3;
    fclose(status);
    return found;
}

bool is_restricted(void)
{
    /* The kernel says so where a file has given more rights than its user has. */
    return getauxval(AT_SECURE);
}

/* The kernel shows a process as root's where it was started with more rights than its user's, whatever it has now. */
static bool is_shown_as_of(int pid, unsigned uid)
{
    char path[32];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    return !stat(path, &status) && status.st_uid == uid;
}

bool may_observe(int pid)
{
    unsigned uids[3], own = getuid();
    if (!is_restricted())
        return true;
    if (!read_uids(pid, uids)) {
        errno = ESRCH;
        return false;
    }
    bool permitted = uids[0] == own && uids[1] == own && uids[2] == own && is_shown_as_of(pid, own);
    errno = EPERM;
    return permitted;
}
