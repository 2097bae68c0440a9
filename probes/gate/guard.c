/* Ends and removes what a harness has made, when it ends first, however that comes. See README.md. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "attached.h"
#include "common/number.h"
#include "tree.h"

enum { SUCCESS, FAILURE, USAGE = 125, MOST_GROUPS = 8 };

static int usage(void)
{
    fputs("usage: guard --group GROUP... | --folder PATH\n", stderr);
    return USAGE;
}

static void wait_for_the_end(void)
{
    char byte;
    ssize_t got;
    while ((got = read(STDIN_FILENO, &byte, 1)) > 0 || (got < 0 && errno == EINTR)) {
    }
}

/* One after the other: who goes from an earlier group to a later one meanwhile meets its end there. */
static int end_groups(const pid_t *groups, int count)
{
    for (int i = 0; i < count; i++)
        attached_remember(groups[i]);
    wait_for_the_end();
    for (int i = 0; i < count; i++) {
        attached_remember_group(groups[i]);
        kill(-groups[i], SIGKILL);
    }
    attached_remove();
    return SUCCESS;
}

static int remove_folder(const char *path)
{
    wait_for_the_end();
    if (!tree_remove(path))
        return SUCCESS;
    fprintf(stderr, "guard: %s can't be removed: %s\n", path,
            errno == EPERM ? "it is not this user's" : strerror(errno));
    return FAILURE;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return usage();
    /* What ends the harness in good order reaches it alone; this one is ended by SIGKILL when it is not needed. */
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    if (!strcmp(argv[1], "--folder") && argc == 3 && *argv[2] == '/')
        return remove_folder(argv[2]);
    pid_t groups[MOST_GROUPS];
    int count = argc - 2;
    if (strcmp(argv[1], "--group") || count > MOST_GROUPS)
        return usage();
    for (int i = 0; i < count; i++)
        /* -1 would be everybody. */
        if (!parse_pid(argv[i + 2], &groups[i]) || groups[i] <= 1)
            return usage();
    return end_groups(groups, count);
}
