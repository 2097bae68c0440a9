#define _GNU_SOURCE
#include "told.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As much as the kernel would take of a command and its environment. */
enum { MOST_BYTES = 1 << 21 };

static char *read_all(int file, size_t size)
{
    char *bytes = malloc(size + 1);
    size_t got = 0;
    while (bytes && got < size) {
        ssize_t more = read(file, bytes + got, size - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0) {
            free(bytes);
            return NULL;
        }
        got += more;
    }
    if (bytes)
        bytes[size] = 0;
    return bytes;
}

static char **words_of(char *bytes, size_t size)
{
    size_t count = 0;
    for (char *at = bytes; at < bytes + size; at += strlen(at) + 1)
        count++;
    char **words = calloc(count + 1, sizeof *words);
    for (size_t i = 0; words && i < count; bytes += strlen(bytes) + 1)
        words[i++] = bytes;
    return words;
}

char **told_in(const char *path)
{
    struct stat status;
    char *bytes = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    if (!fstat(file, &status) && S_ISREG(status.st_mode) && status.st_size <= MOST_BYTES)
        bytes = read_all(file, status.st_size);
    close(file);
    char **words = bytes ? words_of(bytes, status.st_size) : NULL;
    for (; words && *words && **words; words++)
        putenv(*words);
    if (words && *words && words[1])
        return words + 1;
    errno = EINVAL;
    return NULL;
}
