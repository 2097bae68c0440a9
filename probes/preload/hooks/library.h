/* A loaded library, as its program headers and its dynamic section tell of it. */
#pragma once
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Relocations of pointers to functions. */
#ifdef __x86_64__
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOB_DAT = R_X86_64_GLOB_DAT };
#else
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOB_DAT = R_AARCH64_GLOB_DAT };
#endif

struct library {
    uintptr_t base, begin, end;               /* where it lies */
    uintptr_t protected_begin, protected_end; /* what the linker makes read-only when it is through with it (RELRO) */
    const ElfW(Sym) * symbols;
    const char *names;
    const ElfW(Rela) * tables[2];
    size_t sizes[2];
};

/* Returns false where it names no functions. */
bool library_read(const struct dl_phdr_info *object, struct library *library);
