/* Commands that come in by a descriptor, one a line: what the harness writes and the probes read. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct lines {
    char text[256];
    size_t used, at;
    bool too_long; /* the rest of a line that has no room is still to come */
};

/* Reads once. Returns false at the end of input. */
bool lines_read(struct lines *lines, int file);

/* The next whole line, without its end; NULL: no other has come. One that is too long is "". */
char *lines_next(struct lines *lines);
