/* LD_PRELOAD: what the app's children inherit, and which process this is. */
#define _GNU_SOURCE
#include "preload.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char own_name[] = "libfdpreload.so";

static bool ends_in(const char *path, size_t size, const char *name)
{
    size_t length = strlen(name);
    if (size < length || memcmp(path + size - length, name, length))
        return false;
    return size == length || path[size - length - 1] == '/';
}

/* Whoever else is in this process's LD_PRELOAD, such as a shell around the JVM, is of no interest. */
bool is_java_launcher(void)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    return size > 0 && ends_in(path, size, "java");
}

/* Takes this library out of LD_PRELOAD and leaves the user's own entries, in their order. Without it every child of the
 * app would load the library, which may not even be there for it. Java copies the environment later. */
void leave_environment(void)
{
    const char *list = getenv("LD_PRELOAD");
    char *rest = list ? calloc(1, strlen(list) + 2) : NULL, *end = rest;
    if (!rest)
        return;
    while (*list) {
        size_t size = strcspn(list, ": ");
        if (size && !ends_in(list, size, own_name)) {
            if (end != rest)
                *end++ = ':';
            memcpy(end, list, size);
            end += size;
        }
        list += size;
        list += strspn(list, ": ");
    }
    if (*rest)
        setenv("LD_PRELOAD", rest, 1);
    else
        unsetenv("LD_PRELOAD");
    free(rest);
}
