/* Gives back the disk under the beginning of a log that an app is writing. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS, FAILURE, USAGE = 125 };

int main(int argc, char **argv)
{
    char *end = "";
    errno = 0;
    const long long bytes = argc == 2 ? strtoll(argv[1], &end, 10) : 0;
    if (bytes <= 0 || errno || *end) {
        fputs("usage: logroom BYTES <>LOG\n", stderr);
        return USAGE;
    }
    /* The file keeps its size, and what is written meanwhile its place. */
    if (!fallocate(STDIN_FILENO, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, bytes))
        return SUCCESS;
    fprintf(stderr, "logroom: the log can't be made smaller: %s\n", strerror(errno));
    return FAILURE;
}
