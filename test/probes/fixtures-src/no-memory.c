/* Preloaded behind libfdpreload.so: from the moment in which a file appears there is no memory for that library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);

/* The file names what is to fail: malloc or calloc. */
static int is_refused(const char *function, void *caller)
{
    Dl_info from;
    const char *folder = getenv("NO_MEMORY");
    char path[4096];
    if (!folder || !dladdr(caller, &from) || !strstr(from.dli_fname, "libfdpreload.so"))
        return 0;
    strcat(strcat(strcpy(path, folder), "/"), function);
    if (access(path, F_OK))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return is_refused("malloc", __builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_refused("calloc", __builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}
