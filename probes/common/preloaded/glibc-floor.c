/* What glibc 2.17 does not have yet, for libraries that are to load with it: hidden functions that stand before glibc's. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef GLIBC_OLDEST
#define HIDDEN __attribute__((visibility("hidden")))
#ifdef __x86_64__
enum { STAT_VERSION = 1 };
#else
enum { STAT_VERSION = 0 };
#endif

/* Functions since 2.33; inline before. */
int __fxstat(int version, int fd, struct stat *status);
int __lxstat(int version, const char *path, struct stat *status);
GLIBC_OLDEST(__fxstat);
GLIBC_OLDEST(__lxstat);

HIDDEN int fstat(int fd, struct stat *status)
{
    return __fxstat(STAT_VERSION, fd, status);
}

HIDDEN int lstat(const char *path, struct stat *status)
{
    return __lxstat(STAT_VERSION, path, status);
}

/* Since 2.30. */
HIDDEN pid_t gettid(void)
{
    return syscall(SYS_gettid);
}

/* Moved into libc.so.6 with 2.34; the static unwinder wants them. */
int first_once(pthread_once_t *control, void (*routine)(void));
int first_key_create(pthread_key_t *key, void (*destroy)(void *));
__asm__(".symver first_once, pthread_once@" GLIBC_FIRST);
__asm__(".symver first_key_create, __pthread_key_create@" GLIBC_FIRST);

HIDDEN int pthread_once(pthread_once_t *control, void (*routine)(void))
{
    return first_once(control, routine);
}

HIDDEN int __pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
    return first_key_create(key, destroy);
}

#if __GLIBC_PREREQ(2, 35)
/* Since 2.35; takes no lock. */
static int (*real_find_object)(void *address, struct dl_find_object *result);

__attribute__((constructor)) static void look_up(void)
{
    *(void **)&real_find_object = dlvsym(RTLD_DEFAULT, "_dl_find_object", "GLIBC_2.35");
}

struct search {
    uintptr_t address;
    struct dl_find_object *result;
};

static int look_at(struct dl_phdr_info *object, size_t size, void *argument)
{
    struct search *search = argument;
    void *frames = NULL;
    int is_in = 0;
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t begin = object->dlpi_addr + part->p_vaddr;
        is_in |= part->p_type == PT_LOAD && search->address - begin < part->p_memsz;
        if (part->p_type == PT_GNU_EH_FRAME)
            frames = (void *)begin;
    }
    if (is_in && frames)
        search->result->dlfo_eh_frame = frames;
    return is_in && frames;
}

/* Of the result the unwinder looks at the frames alone. */
HIDDEN int _dl_find_object(void *address, struct dl_find_object *result)
{
    if (real_find_object)
        return real_find_object(address, result);
    struct search search = {.address = (uintptr_t)address, .result = result};
    return dl_iterate_phdr(look_at, &search) ? 0 : -1;
}
#endif
#endif
