#include "buffer.h"
#include <errno.h>
#include <stdlib.h>
#include "frames.h"

char *text;
static size_t room;

bool reserve(size_t size)
{
    if (size <= room)
        return true;
    size_t wanted = size < CHUNK ? CHUNK : 2 * size;
    char *more = realloc(text, wanted);
    if (!more)
        return false;
    text = more;
    room = wanted;
    return true;
}

struct dirent *next_entry(DIR *folder)
{
    errno = 0;
    return readdir(folder);
}

ssize_t end_of(DIR *folder, size_t used)
{
    int error = errno;
    closedir(folder);
    errno = error;
    return error ? -1 : (ssize_t)used;
}
