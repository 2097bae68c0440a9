#include "common/lines.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

bool lines_read(struct lines *lines, int file)
{
    if (lines->used == sizeof lines->text) {
        lines->used = 0;
        lines->too_long = true;
    }
    ssize_t got = read(file, lines->text + lines->used, sizeof lines->text - lines->used);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    lines->used += got;
    return true;
}

char *lines_next(struct lines *lines)
{
    char *line = lines->text + lines->at, *end = memchr(line, '\n', lines->used - lines->at);
    if (!end) {
        lines->used -= lines->at;
        memmove(lines->text, line, lines->used);
        lines->at = 0;
        return NULL;
    }
    *end = 0;
    lines->at = end + 1 - lines->text;
    if (!lines->too_long)
        return line;
    lines->too_long = false;
    return end;
}
