/* Runs a command as the user that another process belongs to, with what CRIU needs to look into it. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common/number.h"

enum { USAGE = 125, CANNOT_RUN = 126, NOT_FOUND = 127, MOST_GROUPS = 1024 };

/* glibc's headers of old distributions know only the first one. */
#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40
#endif
static const int lent[] = {CAP_SYS_PTRACE, CAP_CHECKPOINT_RESTORE};
enum { LENT = sizeof lent / sizeof *lent };

struct owner {
    uid_t user;
    gid_t group, groups[MOST_GROUPS];
    size_t count;
};

/* The kernel prints ids as the reader's user namespace numbers them. */
static bool read_owner(int pid, struct owner *owner)
{
    char path[64], *line = NULL;
    size_t size = 0;
    int found = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    while (getline(&line, &size, file) > 0) {
        unsigned id;
        if (sscanf(line, "Uid: %*u %u", &id) == 1) {
            owner->user = id;
            found++;
        } else if (sscanf(line, "Gid: %*u %u", &id) == 1) {
            owner->group = id;
            found++;
        } else if (!strncmp(line, "Groups:", 7)) {
            char *at = line + 7, *end;
            for (; owner->count < MOST_GROUPS; at = end) {
                unsigned long group = strtoul(at, &end, 10);
                if (end == at)
                    break;
                owner->groups[owner->count++] = (gid_t)group;
            }
        }
    }
    free(line);
    fclose(file);
    return found == 2;
}

static int become(const struct owner *owner)
{
    if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(owner->count, owner->groups) ||
        setresgid(owner->group, owner->group, owner->group) || setresuid(owner->user, owner->user, owner->user))
        return -1;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    for (int i = 0; i < LENT; i++) {
        struct __user_cap_data_struct *half = &data[CAP_TO_INDEX(lent[i])];
        half->effective |= CAP_TO_MASK(lent[i]);
        half->permitted = half->inheritable = half->effective;
    }
    if (syscall(SYS_capset, &header, data))
        return -1;
    for (int i = 0; i < LENT; i++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, lent[i], 0, 0))
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    static struct owner owner;
    int pid;
    if (argc < 4 || !parse_pid(argv[1], &pid) || strcmp(argv[2], "--")) {
        fputs("usage: asowner PID -- COMMAND [ARG...]\n", stderr);
        return USAGE;
    }
    if (!read_owner(pid, &owner)) {
        fprintf(stderr, "asowner: there is no process %d\n", pid);
        return CANNOT_RUN;
    }
    /* The superuser has all that this container may have. */
    if (owner.user != 0 && become(&owner)) {
        fprintf(stderr,
                "asowner: it takes CAP_CHECKPOINT_RESTORE, CAP_SYS_PTRACE, CAP_SETUID and CAP_SETGID to work as user "
                "%u: %s\n",
                owner.user, strerror(errno));
        return CANNOT_RUN;
    }
    execvp(argv[3], argv + 3);
    int failure = errno;
    fprintf(stderr, "asowner: %s: %s\n", argv[3], strerror(failure));
    return failure == ENOENT ? NOT_FOUND : CANNOT_RUN;
}
