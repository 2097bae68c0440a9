/* What is kept: for each open number its file, for each file the newest event of each kind. One lock guards it all. */
#define _GNU_SOURCE
#include "preload.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct file *files;              /* [0] is nobody's */
static _Atomic uint32_t *numbers;       /* fd → file */
static struct link closed[KEPT_CLOSED]; /* a ring */
static uint32_t first_free, used_files = 1, closed_next;
static struct tally tally;
static uint64_t collected_at;
static bool copying;
/* No JVMTI call, allocation or system call that may block is made under it. A child of fork may find it taken for ever;
 * it never takes it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void lock_records(void)
{
    pthread_mutex_lock(&lock);
}

void unlock_records(void)
{
    pthread_mutex_unlock(&lock);
}

/* Anonymous memory that costs nothing until it is used: no descriptor, no file. */
bool records_begin(void)
{
    size_t all_files = MAX_FILES * sizeof *files, all_numbers = MAX_FDS * sizeof *numbers;
    if (files)
        return true;
    char *memory = mmap(NULL, all_files + all_numbers + samples_size() + stacks_size(),
                        PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    files = (void *)memory;
    numbers = (void *)(memory + all_files);
    samples_begin(memory + all_files + all_numbers);
    stacks_begin(memory + all_files + all_numbers + samples_size());
    guard_begin();
    return true;
}

static void release(uint32_t number)
{
    if (!number || --files[number].references)
        return;
    files[number].next_free = first_free;
    first_free = number;
}

static uint32_t new_file(int fd, const struct capture *capture)
{
    uint32_t number = first_free;
    if (fd >= MAX_FDS || (!number && used_files == MAX_FILES) || capture->gone) {
        tally.lost++;
        return 0;
    }
    if (number)
        first_free = files[number].next_free;
    else
        number = used_files++;
    struct file *file = &files[number];
    for (int i = 0; i < KINDS; i++)
        file->events[i].time = 0;
    file->device = capture->device;
    file->inode = capture->inode;
    file->references = 0;
    return number;
}

static void unlink_number(int fd)
{
    uint32_t file = fd < MAX_FDS ? numbers[fd] : 0;
    if (!file)
        return;
    struct link *link = &closed[closed_next++ % KEPT_CLOSED];
    if (link->file) {
        tally.closed_since = link->closed;
        release(link->file);
    }
    *link = (struct link){.closed = now(), .file = file, .fd = fd};
    numbers[fd] = 0;
}

static void link_number(int fd, uint32_t file)
{
    unlink_number(fd);
    numbers[fd] = file;
    files[file].references++;
}

/* Lets go of the stacks that nothing in use refers to. */
static void collect_stacks(void)
{
    if (copying || tally.events < collected_at + 4096)
        return;
    collected_at = tally.events;
    stacks_empty_other();
    for (uint32_t i = 1; i < used_files; i++)
        for (int kind = 0; files[i].references && kind < KINDS; kind++)
            if (files[i].events[kind].time)
                files[i].events[kind].stack = stack_to_other(files[i].events[kind].stack);
    samples_to_other();
    stacks_use_other();
}

uint32_t keep_stack(struct capture *capture)
{
    if (stacks_are_full())
        collect_stacks();
    uint32_t stack = stack_of(capture);
    if (!stack) {
        capture->why = NO_ROOM;
        tally.no_room++;
    }
    return stack;
}

static void set_event(struct file *file, enum kind kind, const struct hook *hook, const char *call,
                      struct capture *capture)
{
    struct event *event = &file->events[kind];
    event->time = capture->time;
    event->hook = hook;
    event->call = call;
    event->tid = capture->tid;
    event->stack = 0; /* an old one need not be kept */
    event->stack = keep_stack(capture);
    event->why = capture->why;
    memcpy(event->thread, thread_name(), NAME_SIZE);
    tally.events++;
    tally.with_java += event->why == JAVA;
}

/* All that may take time, and then the lock. */
static void look(int fd, struct capture *capture, uintptr_t caller)
{
    struct stat stat;
    capture->gone = fstat(fd, &stat);
    capture->device = stat.st_dev;
    capture->inode = stat.st_ino;
    capture->tid = own_tid();
    capture->time = now();
    refresh_thread_name(capture->time);
    capture_stack(capture, caller);
    lock_records();
}

void record_open(int fd, const struct hook *hook, const char *call, uintptr_t caller)
{
    struct capture capture;
    if (!enter(fd))
        return;
    look(fd, &capture, caller);
    uint32_t file = new_file(fd, &capture);
    if (file) {
        set_event(&files[file], OPEN, hook, call, &capture);
        link_number(fd, file);
    }
    unlock_records();
    leave();
}

/* Both numbers lead to one file: whoever made it stays its creator. */
void record_dup(int old_fd, int fd, const struct hook *hook, uintptr_t caller)
{
    struct capture capture;
    if (old_fd == fd || old_fd < 0 || !enter(fd))
        return;
    look(fd, &capture, caller);
    uint32_t file = old_fd < MAX_FDS ? numbers[old_fd] : 0;
    if (fd >= MAX_FDS)
        tally.lost++;
    else if (file || (file = new_file(fd, &capture))) {
        set_event(&files[file], DUP, hook, NULL, &capture);
        link_number(fd, file);
    }
    unlock_records();
    leave();
}

void record_event(int fd, enum kind kind, const struct hook *hook, uintptr_t caller)
{
    struct capture capture;
    if (!enter(fd))
        return;
    look(fd, &capture, caller);
    uint32_t file = fd < MAX_FDS ? numbers[fd] : 0;
    if (file || (file = new_file(fd, &capture))) {
        set_event(&files[file], kind, hook, NULL, &capture);
        if (!numbers[fd])
            link_number(fd, file);
    }
    unlock_records();
    leave();
}

/* Before the number is given back: afterwards another thread may already have it anew, and its record would be lost. */
void record_close(int fd)
{
    if (!numbers || fd < 0 || fd >= MAX_FDS || !numbers[fd] || !enter(fd))
        return;
    lock_records();
    unlink_number(fd);
    unlock_records();
    leave();
}

void record_close_range(unsigned first, unsigned last)
{
    for (unsigned fd = first; numbers && fd <= last && fd < MAX_FDS; fd++)
        record_close(fd);
}

static bool is_wanted(const struct link *link, uint64_t since)
{
    return link->file && link->closed > since;
}

static size_t count_links(uint64_t since)
{
    size_t count = 0;
    for (int fd = 0; fd < MAX_FDS; fd++)
        count += numbers[fd] != 0;
    for (int i = 0; i < KEPT_CLOSED; i++)
        count += is_wanted(&closed[i], since);
    return count;
}

size_t records_copy(uint64_t since, struct link **links, struct file **copies, struct tally *tallied)
{
    size_t room = 0, at = 0;
    *links = NULL;
    *copies = NULL;
    lock_records();
    /* Without the lock: whoever waits for it in a signal handler may have come upon malloc. */
    for (size_t count; (count = count_links(since)) > room; lock_records()) {
        unlock_records();
        free(*links);
        free(*copies);
        room = count + 1024;
        *links = malloc(room * sizeof **links);
        *copies = malloc(room * sizeof **copies);
        if (!*links || !*copies)
            return 0;
    }
    for (int fd = 0; fd < MAX_FDS; fd++)
        if (numbers[fd])
            (*links)[at++] = (struct link){.file = numbers[fd], .fd = fd};
    for (int i = 0; i < KEPT_CLOSED; i++)
        if (is_wanted(&closed[i], since))
            (*links)[at++] = closed[i];
    for (size_t i = 0; i < at; i++)
        (*copies)[i] = files[(*links)[i].file];
    *tallied = tally;
    copying = true;
    unlock_records();
    return at;
}

void records_copied(void)
{
    lock_records();
    copying = false;
    unlock_records();
}
