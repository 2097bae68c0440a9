/* How libc's own functions are found, by this library and by the program. */
#define _GNU_SOURCE
#include "hooks/hooks.h"
#include "hooks/late.h"
#include <dlfcn.h>
#include <string.h>

#ifdef __GLIBC__
extern struct hook __start_hooks[], __stop_hooks[];
static void *(*real_dlsym)(void *handle, const char *name);
EXPORTED(void *, dlsym, (void *handle, const char *name));
static struct hook row_dlsym __attribute__((section("late"), used, aligned(8))) = {
    .name = "dlsym", .call = "dlsym", .real = (void **)&real_dlsym, .own = (void *)hook_dlsym};

static void find_dlsym(void)
{
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions && !real_dlsym; i++)
        *(void **)&real_dlsym = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
}

/* No tail call (the result is volatile): RTLD_NEXT means the library after the one that dlsym returns to. */
void *real_function(const char *name)
{
    if (!real_dlsym)
        find_dlsym();
    void *volatile found = real_dlsym(RTLD_NEXT, name);
    return found;
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
#else
/* musl's dlsym can't be told apart by version: look-ups in a library of its own are not seen there. */
void *real_function(const char *name)
{
    void *volatile found = dlsym(RTLD_NEXT, name);
    return found;
}
#endif

/* Whether this library's functions are those that the program calls. `hook_listen` itself would not tell: where another
 * library comes first, it is that one's. */
bool is_preloaded(void)
{
    Dl_info called, own;
    void *volatile found = dlsym(RTLD_DEFAULT, "listen");
    return found && dladdr(found, &called) && dladdr((void *)real_function, &own) && called.dli_fbase == own.dli_fbase;
}
