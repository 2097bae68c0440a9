/* The native frames of the calling thread. */
#define _GNU_SOURCE
#include "stacks/native.h"
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unwind.h>

#ifdef __GLIBC__
static char jdk_folder[PATH_MAX]; /* with the slash at its end; empty: not known */

/* `…/lib/server/libjvm.so` → `…/lib/` */
void native_begin(void)
{
    Dl_info jvm;
    void *in_jvm = dlsym(RTLD_DEFAULT, "gHotSpotVMStructs");
    char path[PATH_MAX];
    if (!in_jvm || !dladdr(in_jvm, &jvm) || !realpath(jvm.dli_fname, path))
        return;
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return;
        *slash = '\0';
    }
    strcat(strcpy(jdk_folder, path), "/");
}

struct search {
    uintptr_t address;
    bool in_jdk;
};

static int find_object(struct dl_phdr_info *object, size_t size, void *argument)
{
    struct search *search = argument;
    size_t folder = strlen(jdk_folder);
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || search->address - object->dlpi_addr - part->p_vaddr >= part->p_memsz)
            continue;
        search->in_jdk =
            folder && !strncmp(object->dlpi_name, jdk_folder, folder) && !strchr(object->dlpi_name + folder, '/');
        return 1;
    }
    return 0;
}

/* A native method of the JDK's own libraries (libjava, libnio, libnet) has one way to each place that calls libc. Other
 * libraries have helpers that many of their functions go through, and then only a walk tells which it was. What is known
 * of an address is remembered in one word: JDK libraries are never unloaded, and what takes another's place is walked. */
bool is_only_way(uintptr_t caller)
{
    static _Atomic uintptr_t known[1024];
    _Atomic uintptr_t *place = &known[(caller ^ caller >> 10) % (sizeof known / sizeof *known)];
    uintptr_t there = atomic_load_explicit(place, memory_order_relaxed);
    if (there >> 1 == caller)
        return there & 1;
    struct search search = {.address = caller};
    dl_iterate_phdr(find_object, &search);
    atomic_store_explicit(place, caller << 1 | search.in_jdk, memory_order_relaxed);
    return search.in_jdk;
}

struct walk {
    struct capture *capture;
    uintptr_t caller;
    bool at_caller;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument)
{
    struct walk *walk = argument;
    struct capture *capture = walk->capture;
    uintptr_t address = _Unwind_GetIP(context);
    if (!address || capture->native_count == NATIVE_DEPTH)
        return _URC_END_OF_STACK;
    /* This library's own frames come first. */
    walk->at_caller |= address == walk->caller;
    if (walk->at_caller)
        capture->native[capture->native_count++] = address;
    return _URC_NO_REASON;
}

/* Ends by itself at the first Java frame, which has no unwind information. */
void walk_native(struct capture *capture, uintptr_t caller)
{
    struct walk walk = {.capture = capture, .caller = caller};
    _Unwind_Backtrace(step, &walk);
    if (!capture->native_count)
        capture->native[capture->native_count++] = caller;
}
#else
/* A compiler that is made for glibc brings an unwinder that asks glibc where code lies; musl can't tell it. */
void native_begin(void)
{
}

bool is_only_way(uintptr_t caller)
{
    (void)caller;
    return true;
}

void walk_native(struct capture *capture, uintptr_t caller)
{
    capture->native[capture->native_count++] = caller;
}
#endif
