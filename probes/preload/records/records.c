/* What is kept of each file: the newest event of each kind. One lock guards it, and what the numbers lead to. */
#define _GNU_SOURCE
#include "records/records.h"
#include "guard.h"
#include "records/samples.h"
#include "stacks/kept.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct tally tally;
static uint64_t collected_at;
static bool begun, copying;
/* No JVMTI call, allocation or system call that may block is made under it. A child that a JVM forks may find it taken for
 * ever; it never takes it. */
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
    if (begun)
        return true;
    char *memory = mmap(NULL, files_size() + samples_size() + stacks_size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    files_begin(memory);
    samples_begin(memory + files_size());
    stacks_begin(memory + files_size() + samples_size());
    guard_begin();
    counts_begin();
    return begun = true;
}

void records_forget(void)
{
    lock_records();
    forget_files();
    tally = (struct tally){0};
    collected_at = 0;
    unlock_records();
}

/* Lets go of the stacks that nothing in use refers to. */
static void collect_stacks(void)
{
    if (copying || tally.events < collected_at + 4096)
        return;
    collected_at = tally.events;
    stacks_begin_evacuation();
    evacuate_files();
    evacuate_samples();
    forget_counted_stacks();
    stacks_flip();
}

static void make_room(void)
{
    if (stacks_are_full())
        collect_stacks();
}

uint32_t keep_stack(struct capture *capture)
{
    make_room();
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

/* What the number leads to. It can't wait: a number that is closed and given out anew past libc would have its old owner's
 * origin. */
static void identify(int fd, struct capture *capture)
{
    struct stat stat = {0};
    capture->gone = fstat(fd, &stat);
    capture->device = stat.st_dev;
    capture->inode = stat.st_ino;
}

/* Where another event has told already, nobody is asked again; if it is not known any more in a moment, it is gone. */
static void identify_unless_known(int known, int fd, struct capture *capture)
{
    if (number_leads_to(known))
        capture->gone = true;
    else
        identify(fd, capture);
}

/* All that may take time, and then the lock. */
static void look(struct capture *capture, uintptr_t caller)
{
    capture->tid = own_tid();
    capture->time = now();
    refresh_thread_name(capture->time);
    capture_stack(capture, caller);
    lock_records();
    make_room();
    /* One that was only recognised may have been let go of meanwhile. */
    while (capture->recognised && !is_kept(capture->hash)) {
        unlock_records();
        capture_stack(capture, caller);
        lock_records();
        make_room();
    }
}

void record_open(int fd, const struct hook *hook, const char *call, uintptr_t caller)
{
    struct capture capture;
    if (!enter(fd))
        return;
    identify(fd, &capture);
    look(&capture, caller);
    uint32_t file = new_file(fd, &capture);
    tally.lost += !file;
    if (file) {
        set_event(file_at(file), K_OPEN, hook, call, &capture);
        link_number(fd, file);
    }
    unlock_records();
    leave();
}

/* Both numbers lead to one file, whose creator stays. */
void record_dup(int old_fd, int fd, const struct hook *hook, uintptr_t caller)
{
    struct capture capture;
    if (old_fd == fd || old_fd < 0 || !enter(fd))
        return;
    identify_unless_known(old_fd, fd, &capture);
    look(&capture, caller);
    uint32_t file = number_leads_to(old_fd);
    if (fd < MAX_FDS && !file)
        file = new_file(fd, &capture);
    if (fd >= MAX_FDS || !file) {
        tally.lost++;
    } else {
        set_event(file_at(file), K_DUP, hook, NULL, &capture);
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
    identify_unless_known(fd, fd, &capture);
    look(&capture, caller);
    uint32_t known = number_leads_to(fd), file = known ? known : new_file(fd, &capture);
    tally.lost += !file;
    if (file) {
        set_event(file_at(file), kind, hook, NULL, &capture);
        if (!known)
            link_number(fd, file);
    }
    unlock_records();
    leave();
}

/* Before the number is given back: afterwards another thread may already have it anew, and its record would be lost. */
void record_close(int fd)
{
    if (fd < 0 || !number_leads_to(fd) || !enter(fd))
        return;
    lock_records();
    unlink_number(fd);
    unlock_records();
    leave();
}

void record_close_range(unsigned first, unsigned last)
{
    for (unsigned fd = first; begun && fd <= last && fd < MAX_FDS; fd++)
        record_close(fd);
}

bool records_copy(uint64_t since, struct copy *copy)
{
    size_t room = 0;
    *copy = (struct copy){.counts = malloc(sizeof *copy->counts)};
    if (!copy->counts)
        return false;
    lock_records();
    /* Without the lock: a thread that waits for it in a signal handler may have come upon malloc. */
    for (size_t count; (count = count_links(since)) > room; lock_records()) {
        unlock_records();
        free(copy->links);
        free(copy->files);
        room = count + 1024;
        copy->links = malloc(room * sizeof *copy->links);
        copy->files = malloc(room * sizeof *copy->files);
        if (!copy->links || !copy->files)
            return false;
    }
    copy->count = copy_links(since, copy->links, copy->files);
    copy_closed(since, copy->counts);
    copy->tally = tally;
    copy->tally.closed_since = closed_since();
    copying = true;
    unlock_records();
    return true;
}

void records_copied(void)
{
    lock_records();
    copying = false;
    unlock_records();
}
