#define _GNU_SOURCE
#include "common/preloaded/environment.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool ends_in(const char *path, size_t size, const char *name)
{
    size_t length = strlen(name);
    if (size < length || memcmp(path + size - length, name, length))
        return false;
    return size == length || path[size - length - 1] == '/';
}

bool is_java_launcher(void)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    return size > 0 && ends_in(path, size, "java");
}

void leave_environment(const char *library)
{
    const char *list = getenv("LD_PRELOAD");
    char *rest = list ? calloc(1, strlen(list) + 2) : NULL, *end = rest;
    if (!rest)
        return;
    while (*list) {
        size_t size = strcspn(list, ": ");
        if (size && !ends_in(list, size, library)) {
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
