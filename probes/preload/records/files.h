/* Which file each number leads to. All but number_leads_to is called under the lock of the records. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/words.h"
#include "names.h"
#include "stacks/capture.h"

struct hook;
struct counts;

enum {
    MAX_FDS = 1 << 18,     /* numbers beyond are counted as lost */
    MAX_FILES = 1 << 18,   /* open files and the files of KEPT_CLOSED numbers */
    KEPT_CLOSED = 1 << 12, /* numbers that were closed last, so that a table that was read a moment ago still joins */
};

/* One thing that a thread did to a file. */
struct event {
    uint64_t time; /* CLOCK_MONOTONIC, nanoseconds; 0: it has not happened */
    const struct hook *hook;
    const char *call; /* of syscall(2), which makes many */
    uint32_t tid, stack;
    enum why why;
    char thread[NAME_SIZE];
};

/* What the kernel calls a struct file: several numbers may lead to one. */
struct file {
    uint64_t device, inode;
    uint32_t references; /* of numbers, and of numbers that were closed lately */
    uint32_t open;       /* numbers that lead to it */
    uint64_t closed;     /* when the last of them was */
    uint32_t next_free;
    struct event events[KINDS]; /* the newest of each */
};

/* A number that leads, or led, to a file. */
struct link {
    uint64_t closed; /* when; 0: it is open */
    uint32_t file;
    int fd;
};

size_t files_size(void);
void files_begin(char *memory);
struct file *file_at(uint32_t number);
uint32_t number_leads_to(int fd);                         /* 0: to none that is known */
uint32_t new_file(int fd, const struct capture *capture); /* 0: no room */
void link_number(int fd, uint32_t file);
void unlink_number(int fd);
void forget_files(void);            /* what all numbers lead to and led to */
void evacuate_files(void);          /* their stacks; between stacks_begin_evacuation and stacks_flip */
uint64_t closed_since(void);        /* numbers that were closed before are forgotten; 0: none is */
size_t count_links(uint64_t since); /* that are open, or were closed after */
size_t copy_links(uint64_t since, struct link *links, struct file *copies);
void copy_closed(uint64_t since, struct counts *copy); /* counts of what was closed until then */
