/* A library that comes late stands before nobody: the others have their pointers to libc's functions already. Each loaded
 * library has a table of these pointers (its GOT), and a list of which function each is of. Those that are libc's own are
 * exchanged for the hooks, and put back at the end. What is somebody else's wrapper stays: its own pointer is exchanged. */
#define _GNU_SOURCE
#include "hooks/late.h"
#include "hooks/hooks.h"
#include "hooks/library.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern struct hook __start_hooks[], __stop_hooks[], __start_late[], __stop_late[];

static atomic_flag at_work = ATOMIC_FLAG_INIT; /* a look-up that finds it set goes on: its turn comes again */
static _Atomic bool active;
static _Atomic unsigned long long followed; /* how many libraries had been loaded when all had hooks; 0: look again */

/* One pass over all libraries. */
struct pass {
    bool hooking; /* else the pointers are put back */
    bool skipped; /* a library was still being loaded */
    size_t changed;
    unsigned long long adds;
};

/* Whether the linker is through with these pages. They are written to only then: to make them read-only again while it
 * still relocates them would end the process. No stdio: the lock of the list of libraries is held. */
static bool is_read_only(uintptr_t address)
{
    char text[4096], line[256];
    size_t filled = 0;
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    for (ssize_t got; maps >= 0 && (got = read(maps, text, sizeof text)) > 0;)
        for (ssize_t i = 0; i < got; i++) {
            if (text[i] != '\n') {
                if (filled < sizeof line - 1)
                    line[filled++] = text[i];
                continue;
            }
            unsigned long begin, end;
            char rights[5] = "";
            line[filled] = '\0';
            filled = 0;
            if (sscanf(line, "%lx-%lx %4s", &begin, &end, rights) == 3 && address >= begin && address < end) {
                close(maps);
                return rights[0] == 'r' && rights[1] == '-';
            }
        }
    if (maps >= 0)
        close(maps);
    return false;
}

/* What a pointer must be exchanged for; NULL: it stays. One that was never used leads to the library's own stub, which
 * would find libc's function; one that leads anywhere else was led there by somebody. */
static void *exchanged(const struct library *library, const struct hook *hook, void *there, bool unused_leads_to_stub)
{
    bool is_own = (uintptr_t)there >= library->begin && (uintptr_t)there < library->end;
    bool is_stub = is_own && unused_leads_to_stub && !hook->wrapped;
    return there == *hook->real || is_stub ? hook->own : NULL;
}

static const struct hook *hook_of(const char *name)
{
    for (const struct hook *hook = __start_hooks; hook < __stop_hooks; hook++)
        if (!strcmp(hook->name, name))
            return hook;
    for (const struct hook *hook = __start_late; hook < __stop_late; hook++)
        if (!strcmp(hook->name, name))
            return hook;
    return NULL;
}

static bool write_pointer(const struct library *library, void **slot, void *value)
{
    uintptr_t page = getpagesize(), begin = (uintptr_t)slot & -page;
    bool is_protected = (uintptr_t)slot >= library->protected_begin && (uintptr_t)slot < library->protected_end;
    if (is_protected && (!is_read_only(begin) || mprotect((void *)begin, page, PROT_READ | PROT_WRITE)))
        return false;
    __atomic_store_n(slot, value, __ATOMIC_RELEASE);
    if (is_protected)
        mprotect((void *)begin, page, PROT_READ);
    return true;
}

static int visit(struct dl_phdr_info *object, size_t size, void *argument)
{
    struct pass *pass = argument;
    struct library library;
    (void)size;
    pass->adds = object->dlpi_adds;
    if (!library_read(object, &library))
        return 0;
    if ((uintptr_t)visit >= library.begin && (uintptr_t)visit < library.end)
        return 0;
    for (int table = 0; table < 2; table++)
        for (size_t i = 0; library.tables[table] && i < library.sizes[table]; i++) {
            const ElfW(Rela) *entry = &library.tables[table][i];
            unsigned type = ELF64_R_TYPE(entry->r_info);
            if (type != JUMP_SLOT && type != GLOB_DAT)
                continue;
            const ElfW(Sym) *symbol = &library.symbols[ELF64_R_SYM(entry->r_info)];
            const struct hook *hook = hook_of(library.names + symbol->st_name);
            if (!hook || !*hook->real)
                continue;
            void **slot = (void **)(library.base + entry->r_offset), *there = __atomic_load_n(slot, __ATOMIC_RELAXED);
            /* What a library defines itself is no stub. */
            bool may_be_stub = type == JUMP_SLOT && symbol->st_shndx == SHN_UNDEF;
            void *value = pass->hooking        ? exchanged(&library, hook, there, may_be_stub)
                          : there == hook->own ? *hook->real
                                               : NULL;
            if (!value)
                continue;
            if (write_pointer(&library, slot, value))
                pass->changed++;
            else
                pass->skipped = true;
        }
    return 0;
}

/* Libraries can't go while the list is walked. They are not looked up meanwhile: that takes another lock of the linker's. */
static size_t visit_all(bool hooking)
{
    struct pass pass = {.hooking = hooking};
    if (!enter(0))
        return 0;
    dl_iterate_phdr(visit, &pass);
    leave();
    followed = pass.skipped ? 0 : pass.adds;
    return pass.changed;
}

static void find_functions(struct hook *begin, struct hook *end)
{
    for (struct hook *hook = begin; hook < end; hook++) {
        if (!*hook->real)
            *hook->real = real_function(hook->name);
        hook->wrapped = dlsym(RTLD_DEFAULT, hook->name) != *hook->real;
    }
}

static void begin_work(void)
{
    while (atomic_flag_test_and_set(&at_work))
        sched_yield();
}

bool late_begin(void)
{
    find_functions(__start_hooks, __stop_hooks);
    find_functions(__start_late, __stop_late);
    begin_work();
    active = visit_all(true) > 0;
    atomic_flag_clear(&at_work);
    return active;
}

static int count_loaded(struct dl_phdr_info *object, size_t size, void *adds)
{
    (void)size;
    *(unsigned long long *)adds = object->dlpi_adds;
    return 1;
}

/* The JVM looks up each library's functions before it calls the first one: so nothing that it loads goes unseen. */
void late_follow(void)
{
    unsigned long long adds = 0;
    if (!active)
        return;
    dl_iterate_phdr(count_loaded, &adds);
    if (adds == followed || atomic_flag_test_and_set(&at_work))
        return;
    if (active)
        visit_all(true);
    atomic_flag_clear(&at_work);
}

void late_end(void)
{
    begin_work();
    active = false;
    visit_all(false);
    atomic_flag_clear(&at_work);
}
