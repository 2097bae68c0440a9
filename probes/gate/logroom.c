/* Gives back the disk under the beginning of a log that an app is writing. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/number.h"

enum { SUCCESS, FAILURE, USAGE = 125 };

int main(int argc, char **argv)
{
    long bytes;
    if (argc != 2 || !parse_number(argv[1], 1, LONG_MAX, &bytes)) {
        fputs("usage: logroom BYTES <>LOG\n", stderr);
        return USAGE;
    }
    /* The file keeps its size, and what is written meanwhile its place. */
    if (!fallocate(STDIN_FILENO, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, bytes))
        return SUCCESS;
    fprintf(stderr, "logroom: the log can't be made smaller: %s\n", strerror(errno));
    return FAILURE;
}
