/* How libc's own functions are found, by this library and by the program. */
#define _GNU_SOURCE
#include "hooks/hooks.h"
#include "hooks/late.h"
#include <dlfcn.h>
#include <string.h>

extern struct hook __start_hooks[], __stop_hooks[];
static void *(*real_dlsym)(void *handle, const char *name);
#ifdef __GLIBC__
EXPORTED(void *, dlsym, (void *handle, const char *name));
#else
/* musl's dlsym can't be told apart by version, so none of that name is exported: look-ups in a library of its own are seen
 * only in a JVM whose pointers to dlsym were exchanged. */
void *hook_dlsym(void *handle, const char *name);
#endif
static struct hook row_dlsym __attribute__((section("late"), used, aligned(8))) = {
    .name = "dlsym", .call = "dlsym", .real = (void **)&real_dlsym, .own = (void *)hook_dlsym};

#ifdef __GLIBC__
static void find_dlsym(void)
{
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions && !real_dlsym; i++)
        *(void **)&real_dlsym = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
}

static void *libc_function(const char *name)
{
    (void)name;
    return NULL;
}
#else
static void find_dlsym(void)
{
    real_dlsym = dlsym;
}

/* No library comes after one that comes late. And musl 1.2.4 and later links `open64` to `open`, but does not find it. */
static void *libc_function(const char *name)
{
    char known[32];
    size_t length = strlen(name);
    void *libc = dlopen("libc.so", RTLD_LAZY | RTLD_NOLOAD), *found = libc ? dlsym(libc, name) : NULL;
    if (found || !libc || length < 3 || length >= sizeof known || strcmp(name + length - 2, "64"))
        return found;
    memcpy(known, name, length - 2);
    known[length - 2] = '\0';
    return dlsym(libc, known);
}
#endif

/* No tail call (the result is volatile): RTLD_NEXT means the library after the one that dlsym returns to. */
void *real_function(const char *name)
{
    if (!real_dlsym)
        find_dlsym();
    void *volatile found = real_dlsym(RTLD_NEXT, name);
    return found ? found : libc_function(name);
}

/* A look-up in a library of its own goes past LD_PRELOAD: so does FFM's default look-up, and what it finds would not be
 * seen. RTLD_NEXT and RTLD_DEFAULT must be a tail call: they ask who called. */
void *hook_dlsym(void *handle, const char *name)
{
    if (!real_dlsym)
        find_dlsym();
    if (handle == RTLD_NEXT || handle == RTLD_DEFAULT)
        return real_dlsym(handle, name);
    late_follow();
    void *found = real_dlsym(handle, name);
    for (struct hook *hook = __start_hooks; found && hook < __stop_hooks; hook++)
        if (!strcmp(hook->name, name)) {
            if (!*hook->real)
                *hook->real = real_function(name);
            return found == *hook->real ? hook->own : found;
        }
    return found;
}

/* Whether this library's functions are those that the program calls. `hook_listen` itself would not tell: where another
 * library comes first, it is that one's. */
bool is_preloaded(void)
{
    Dl_info called, own;
    void *volatile found = dlsym(RTLD_DEFAULT, "listen");
    return found && dladdr(found, &called) && dladdr((void *)real_function, &own) && called.dli_fbase == own.dli_fbase;
}
