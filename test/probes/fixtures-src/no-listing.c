/* Preloaded: there is no memory to list a folder. */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>

DIR *fdopendir(int fd)
{
    (void)fd;
    errno = ENOMEM;
    return NULL;
}
