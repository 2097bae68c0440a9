/* Linked with the preloaded library's own code, under ThreadSanitizer: threads that create, duplicate and close by ever
 * new stacks, so that these are evacuated, and that are asked for samples, while others copy all records again and again.
 * Named "java", it is watched from its first instruction. Says what it knows at the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "hooks/unhooked.h"
#include "records/records.h"
#include "records/samples.h"
#include "stacks/kept.h"

enum { CREATORS = 4, COPIERS = 2, KEPT_EACH = 8, ASKED = SIGSTKFLT };

static atomic_bool over;
static unsigned turns;

static void check(int result, const char *what)
{
    if (result < 0) {
        printf("FAILED %s %m\n", what);
        exit(1);
    }
}

/* By a stack of its own for each path: two functions that call each other as its bits say. */
static int left(unsigned path), right(unsigned path);

static int create(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    check(fd, "open");
    return fd;
}

__attribute__((noinline)) static int left(unsigned path)
{
    int fd = path <= 1 ? create() : path & 1 ? right(path >> 1) : left(path >> 1);
    __asm__ volatile("");
    return fd;
}

__attribute__((noinline)) static int right(unsigned path)
{
    int fd = path <= 1 ? create() : path & 1 ? right(path >> 1) : left(path >> 1);
    __asm__ volatile("" ::: "memory");
    return fd;
}

static void *run_creator(void *number)
{
    unsigned first = (unsigned)(size_t)number * turns;
    for (int i = 0; i < KEPT_EACH; i++)
        create();
    for (unsigned i = 0; i < turns; i++) {
        int fd = left(1u << 20 | (first + i));
        int other = dup(fd);
        check(other, "dup");
        if (i % 64 == 0)
            check(raise(ASKED), "raise");
        if (i % 128 == 0) {
            int end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            check(listen(end, 1), "listen");
            check(close(end), "close");
        }
        check(close(fd), "close");
        check(close(other), "close");
    }
    return NULL;
}

static void *run_copier(void *copies)
{
    while (!over) {
        struct copy copy;
        struct sample *samples = NULL;
        size_t count = 0;
        check(records_copy(0, &copy) ? 0 : -1, "records_copy");
        check(samples_copy(&samples, &count) ? 0 : -1, "samples_copy");
        for (size_t i = 0; i < copy.count; i++)
            for (int kind = 0; kind < KINDS; kind++) {
                const struct event *event = &copy.files[i].events[kind];
                const struct stack *stack = event->time ? stack_at(event->stack) : NULL;
                if (stack && !stack->native_count)
                    check(-1, "a stack without frames");
            }
        records_copied();
        free(copy.links);
        free(copy.files);
        free(samples);
        atomic_fetch_add((atomic_uint *)copies, 1);
        usleep(1000);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t creators[CREATORS], copiers[COPIERS];
    struct copy copy;
    atomic_uint copies = 0;
    turns = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    /* So many that they must be evacuated. */
    check(CREATORS * turns > MAX_STACKS / 4 * 3 ? 0 : -1, "turns");
    unhooked_begin();
    for (int i = 0; i < COPIERS; i++)
        check(-pthread_create(&copiers[i], NULL, run_copier, &copies), "pthread_create");
    for (size_t i = 0; i < CREATORS; i++)
        check(-pthread_create(&creators[i], NULL, run_creator, (void *)i), "pthread_create");
    for (int i = 0; i < CREATORS; i++)
        pthread_join(creators[i], NULL);
    over = true;
    for (int i = 0; i < COPIERS; i++)
        pthread_join(copiers[i], NULL);
    check(records_copy(0, &copy) ? 0 : -1, "records_copy");
    unsigned open_now = 0;
    for (size_t i = 0; i < copy.count; i++)
        open_now += !copy.links[i].closed && copy.links[i].fd > 2;
    printf("OPEN %u COPIED %s\n", open_now, copies > 10 ? "often" : "seldom");
    return 0;
}
