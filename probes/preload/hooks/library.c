#define _GNU_SOURCE
#include "hooks/library.h"
#include <unistd.h>

/* glibc tells addresses in the process, musl and the kernel's vDSO such within the file. */
static uintptr_t at(const struct library *library, uintptr_t pointer)
{
    return pointer < library->base ? library->base + pointer : pointer;
}

bool library_read(const struct dl_phdr_info *object, struct library *library)
{
    const ElfW(Dyn) *dynamic = NULL;
    uintptr_t page = getpagesize();
    *library = (struct library){.base = object->dlpi_addr, .begin = UINTPTR_MAX};
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t begin = library->base + part->p_vaddr, end = begin + part->p_memsz;
        if (part->p_type == PT_DYNAMIC)
            dynamic = (const void *)begin;
        if (part->p_type == PT_GNU_RELRO) {
            library->protected_begin = begin & -page;
            library->protected_end = end & -page;
        }
        if (part->p_type == PT_LOAD) {
            library->begin = begin < library->begin ? begin : library->begin;
            library->end = end > library->end ? end : library->end;
        }
    }
    for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
        uintptr_t value = dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_SYMTAB)
            library->symbols = (const void *)at(library, value);
        if (dynamic->d_tag == DT_STRTAB)
            library->names = (const void *)at(library, value);
        if (dynamic->d_tag == DT_JMPREL)
            library->tables[0] = (const void *)at(library, value);
        if (dynamic->d_tag == DT_PLTRELSZ)
            library->sizes[0] = value / sizeof(ElfW(Rela));
        if (dynamic->d_tag == DT_RELA)
            library->tables[1] = (const void *)at(library, value);
        if (dynamic->d_tag == DT_RELASZ)
            library->sizes[1] = value / sizeof(ElfW(Rela));
    }
    return library->symbols && library->names;
}
