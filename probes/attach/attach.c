/* Stands between the harness and a JVM's attach socket, as Node can't ask who listens there. See README.md. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/listener.h"
#include "common/number.h"

enum { SUCCESS, FAILURE, STRANGER = 3, USAGE = 125, PLACE = 3 };

/* Passes on what has arrived; false at the end. */
static bool pass(int from, int to)
{
    char bytes[1 << 14];
    ssize_t got = read(from, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR)
        return true;
    for (ssize_t sent, at = 0; at < got; at += sent)
        if ((sent = write(to, bytes + at, got - at)) < 0) {
            if (errno != EINTR)
                return false;
            sent = 0;
        }
    return got > 0;
}

int main(int argc, char **argv)
{
    int pid;
    long uid;
    if (argc != 3 || !parse_pid(argv[1], &pid) || !parse_number(argv[2], 0, UINT32_MAX, &uid)) {
        fputs("usage: attach PID UID 3<SOCKET\n", stderr);
        return USAGE;
    }
    signal(SIGPIPE, SIG_IGN);
    int connection = connect_to_listener(PLACE, pid, (uid_t)uid);
    if (connection < 0) {
        fprintf(stderr, "%s\n", strerror(errno));
        return errno == EPERM ? STRANGER : FAILURE;
    }
    struct pollfd files[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = connection, .events = POLLIN}};
    for (;;) {
        if (poll(files, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return FAILURE;
        }
        if (files[1].revents && !pass(connection, STDOUT_FILENO))
            return SUCCESS;
        if (files[0].revents && !pass(STDIN_FILENO, connection))
            return SUCCESS;
    }
}
