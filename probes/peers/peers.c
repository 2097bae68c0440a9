/* Tells which sockets are at the other end of a process's unix sockets, and which processes hold them. See README.md. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { USAGE = 2, CHUNK = 1 << 15 };

struct inodes {
    unsigned *all;
    size_t count, room;
};

static void add(struct inodes *set, unsigned inode)
{
    if (set->count == set->room) {
        set->room = set->room ? 2 * set->room : 64;
        unsigned *more = realloc(set->all, set->room * sizeof *more);
        if (!more)
            exit(1);
        set->all = more;
    }
    set->all[set->count++] = inode;
}

static int by_number(const void *a, const void *b)
{
    unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;
    return (left > right) - (left < right);
}

static void sort(struct inodes *set)
{
    if (set->count)
        qsort(set->all, set->count, sizeof *set->all, by_number);
}

static bool has(const struct inodes *set, unsigned inode)
{
    return set->count && bsearch(&inode, set->all, set->count, sizeof inode, by_number);
}

static void trouble(const char *doing)
{
    const char *code = errno == EPERM    ? "EPERM"
                       : errno == EACCES ? "EACCES"
                       : errno == ENOENT ? "ENOENT"
                                         : strerror(errno);
    printf("{\"type\":\"error\",\"doing\":\"%s\",\"message\":\"%s\"}\n", doing, code);
}

/* Calls `found` for each socket that a process holds; false where its table can't be read. */
static bool each_socket(const char *pid, void (*found)(const char *pid, const char *fd, unsigned inode))
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char link[64];
        unsigned inode;
        ssize_t size = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);
        link[size > 0 ? size : 0] = 0;
        if (sscanf(link, "socket:[%u]", &inode) == 1)
            found(pid, entry->d_name, inode);
    }
    closedir(folder);
    return true;
}

static struct inodes own, wanted;

static void take_own(const char *pid, const char *fd, unsigned inode)
{
    (void)pid, (void)fd;
    add(&own, inode);
}

static void print_holder(const char *pid, const char *fd, unsigned inode)
{
    if (has(&wanted, inode))
        printf("{\"type\":\"holder\",\"inode\":%u,\"pid\":%s,\"fd\":%s}\n", inode, pid, fd);
}

static void take_peer(const struct nlmsghdr *header)
{
    const struct unix_diag_msg *message = NLMSG_DATA(header);
    int left = header->nlmsg_len - NLMSG_LENGTH(sizeof *message);
    if (!has(&own, message->udiag_ino))
        return;
    for (const struct rtattr *part = (const void *)(message + 1); RTA_OK(part, left); part = RTA_NEXT(part, left)) {
        unsigned peer = 0;
        if (part->rta_type != UNIX_DIAG_PEER)
            continue;
        memcpy(&peer, RTA_DATA(part), sizeof peer);
        /* Who connects before it is accepted has a peer that no process holds yet: number 0. */
        if (!peer)
            continue;
        printf("{\"type\":\"peer\",\"inode\":%u,\"peer\":%u}\n", message->udiag_ino, peer);
        add(&wanted, peer);
    }
}

/* Asks for all unix sockets of the present network namespace. */
static bool ask_kernel(void)
{
    struct {
        struct nlmsghdr header;
        struct unix_diag_req request;
    } question = {
        .header = {.nlmsg_len = sizeof question,
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .request = {.sdiag_family = AF_UNIX, .udiag_states = ~0u, .udiag_show = UDIAG_SHOW_PEER},
    };
    static char answer[CHUNK] __attribute__((aligned(NLMSG_ALIGNTO)));
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    bool complete = netlink >= 0 && send(netlink, &question, sizeof question, 0) == sizeof question;
    for (bool more = complete; more;) {
        ssize_t got = recv(netlink, answer, sizeof answer, 0);
        int left = got;
        complete = more = got > 0;
        for (struct nlmsghdr *at = (void *)answer; more && NLMSG_OK(at, left); at = NLMSG_NEXT(at, left)) {
            if (at->nlmsg_type == SOCK_DIAG_BY_FAMILY) {
                take_peer(at);
                continue;
            }
            const struct nlmsgerr *refusal = NLMSG_DATA(at);
            more = false;
            if (at->nlmsg_type == NLMSG_ERROR && refusal->error) {
                errno = -refusal->error;
                complete = false;
            }
        }
    }
    int error = errno;
    if (netlink >= 0)
        close(netlink);
    errno = error;
    return complete;
}

/* Enters the network namespace of a process; false where that is the present one, or can't be entered. */
static bool enter_network(const char *pid)
{
    char path[64];
    struct stat here, there;
    snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
    if (stat("/proc/self/ns/net", &here) || stat(path, &there)) {
        trouble("enter");
        return false;
    }
    if (here.st_ino == there.st_ino)
        return false;
    int space = open(path, O_RDONLY | O_CLOEXEC);
    bool entered = space >= 0 && !setns(space, CLONE_NEWNET);
    if (!entered)
        trouble("enter");
    if (space >= 0)
        close(space);
    return entered;
}

int main(int argc, char **argv)
{
    if (argc != 2 || !*argv[1] || strspn(argv[1], "0123456789") != strlen(argv[1])) {
        fputs("usage: peers PID < INODES\n", stderr);
        return USAGE;
    }
    for (unsigned inode; scanf("%u", &inode) == 1;)
        add(&wanted, inode);
    if (!each_socket(argv[1], take_own))
        trouble("list");
    sort(&own);
    /* A socket that was accepted belongs to the namespace of who connected: that may be this one, or the app's. */
    if (!ask_kernel() || (enter_network(argv[1]) && !ask_kernel()))
        trouble("ask");
    sort(&wanted);
    unsigned hidden = 0;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));)
        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
            hidden += !each_socket(entry->d_name, print_holder) && errno != ENOENT;
    printf("{\"type\":\"end\",\"hidden\":%u}\n", hidden);
    return 0;
}
