/* Which file each number leads to, and those that numbers led to lately. All of it under the lock of records.c. */
#define _GNU_SOURCE
#include "records/files.h"
#include "guard.h"
#include "records/closed.h"
#include "stacks/kept.h"

static struct file *files;              /* [0] is nobody's */
static _Atomic uint32_t *numbers;       /* fd → file */
static struct link closed[KEPT_CLOSED]; /* a ring */
static uint32_t first_free, used = 1, closed_next;
static uint64_t forgotten; /* numbers that were closed before; 0: none is */

size_t files_size(void)
{
    return MAX_FILES * sizeof *files + MAX_FDS * sizeof *numbers;
}

void files_begin(char *memory)
{
    files = (void *)memory;
    numbers = (void *)(memory + MAX_FILES * sizeof *files);
}

struct file *file_at(uint32_t number)
{
    return &files[number];
}

uint32_t number_leads_to(int fd)
{
    return numbers && fd >= 0 && fd < MAX_FDS ? numbers[fd] : 0;
}

uint64_t closed_since(void)
{
    return forgotten;
}

static void release(uint32_t number)
{
    if (!number || --files[number].references)
        return;
    files[number].next_free = first_free;
    first_free = number;
}

uint32_t new_file(int fd, const struct capture *capture)
{
    uint32_t number = first_free;
    if (fd >= MAX_FDS || (!number && used == MAX_FILES) || capture->gone)
        return 0;
    if (number)
        first_free = files[number].next_free;
    else
        number = used++;
    struct file *file = &files[number];
    for (int i = 0; i < KINDS; i++)
        file->events[i].time = 0;
    file->device = capture->device;
    file->inode = capture->inode;
    file->references = file->open = 0;
    file->closed = 0;
    return number;
}

void unlink_number(int fd)
{
    uint32_t file = number_leads_to(fd);
    if (!file)
        return;
    struct link *link = &closed[closed_next++ % KEPT_CLOSED];
    if (link->file) {
        forgotten = link->closed;
        release(link->file);
    }
    *link = (struct link){.closed = now(), .file = file, .fd = fd};
    numbers[fd] = 0;
    if (--files[file].open)
        return;
    files[file].closed = link->closed;
    count_closed(&files[file].events[K_OPEN]);
}

void link_number(int fd, uint32_t file)
{
    unlink_number(fd);
    numbers[fd] = file;
    files[file].references++;
    files[file].open++;
}

void forget_files(void)
{
    for (int fd = 0; fd < MAX_FDS; fd++) {
        release(numbers[fd]);
        numbers[fd] = 0;
    }
    for (int i = 0; i < KEPT_CLOSED; i++) {
        release(closed[i].file);
        closed[i] = (struct link){0};
    }
    forgotten = 0;
    forget_counts();
}

void evacuate_files(void)
{
    for (uint32_t i = 1; i < used; i++)
        for (int kind = 0; files[i].references && kind < KINDS; kind++)
            if (files[i].events[kind].time)
                files[i].events[kind].stack = evacuate_stack(files[i].events[kind].stack);
}

static bool is_wanted(const struct link *link, uint64_t since)
{
    return link->file && link->closed > since;
}

size_t count_links(uint64_t since)
{
    size_t count = 0;
    for (int fd = 0; fd < MAX_FDS; fd++)
        count += numbers[fd] != 0;
    for (int i = 0; i < KEPT_CLOSED; i++)
        count += is_wanted(&closed[i], since);
    return count;
}

void copy_closed(uint64_t since, struct counts *copy)
{
    copy_counts(copy);
    for (int i = 0; i < KEPT_CLOSED; i++) {
        const struct file *file = &files[closed[i].file];
        if (is_wanted(&closed[i], since) && !file->open && file->closed == closed[i].closed)
            uncount_closed(copy, &file->events[K_OPEN]);
    }
}

size_t copy_links(uint64_t since, struct link *links, struct file *copies)
{
    size_t at = 0;
    for (int fd = 0; fd < MAX_FDS; fd++)
        if (numbers[fd])
            links[at++] = (struct link){.file = numbers[fd], .fd = fd};
    for (int i = 0; i < KEPT_CLOSED; i++)
        if (is_wanted(&closed[i], since))
            links[at++] = closed[i];
    for (size_t i = 0; i < at; i++)
        copies[i] = files[links[i].file];
    return at;
}
