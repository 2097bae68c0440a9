/* What io_uring opens: with a number, and without one that gets it later. No library is needed for one entry at a time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "rings.h"

/* Kernel headers before 6.8 do not know it. */
enum { FIXED_FD_INSTALL = 54 };

struct ring {
    int fd;
    struct io_uring_params about;
    char *rings;
    struct io_uring_sqe *entries;
};

static bool set_up(struct ring *ring)
{
    *ring = (struct ring){.fd = syscall(SYS_io_uring_setup, 1, &ring->about)};
    if (ring->fd < 0)
        return false;
    ring->rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
    ring->entries = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQES);
    return ring->rings != MAP_FAILED && ring->entries != MAP_FAILED;
}

/* Submits one entry and waits for its result. */
static int submit(struct ring *ring, struct io_uring_sqe entry)
{
    struct io_sqring_offsets *sq = &ring->about.sq_off;
    struct io_cqring_offsets *cq = &ring->about.cq_off;
    uint32_t *tail = (uint32_t *)(ring->rings + sq->tail), *head = (uint32_t *)(ring->rings + cq->head);
    uint32_t at = *tail & (ring->about.sq_entries - 1), seen = *head & (ring->about.cq_entries - 1);
    ring->entries[at] = entry;
    ((uint32_t *)(ring->rings + sq->array))[at] = at;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
        return -1;
    int result = ((struct io_uring_cqe *)(ring->rings + cq->cqes))[seen].res;
    __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
    return result;
}

void ring_open(int fds[2])
{
    struct ring ring;
    int none = -1;
    struct io_uring_sqe open = {.opcode = IORING_OP_OPENAT,
                                .fd = AT_FDCWD,
                                .addr = (uintptr_t) "/dev/null",
                                .open_flags = O_RDONLY | O_CLOEXEC};
    struct io_uring_sqe install = {.opcode = FIXED_FD_INSTALL, .flags = IOSQE_FIXED_FILE};
    fds[0] = fds[1] = -1;
    if (!set_up(&ring))
        return;
    fds[0] = submit(&ring, open);
    open.open_flags = O_RDONLY;
    open.file_index = 1;
    if (!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &none, 1) && !submit(&ring, open))
        fds[1] = submit(&ring, install);
    close(ring.fd);
}
