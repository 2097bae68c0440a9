/* Lists the process's own descriptors with everything that a verdict or its message may need. */
#define _GNU_SOURCE
#include "native/process/descriptors.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* What a CRaC JDK prints as the port of an unnamed unix socket: two bytes of "/proc" that lie on its stack. */
enum { PORT_OF_UNNAMED_UNIX_SOCKET = 29295 };

static void put_hex(FILE *out, const unsigned char *bytes, socklen_t length)
{
    fputc('\t', out);
    for (socklen_t i = 0; i < length; i++)
        fprintf(out, "%02x", bytes[i]);
}

static int option(int fd, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    getsockopt(fd, SOL_SOCKET, name, &value, &length);
    return value;
}

/* family, type, listening, peer gone, port, raw local address, raw remote address */
static void put_socket(FILE *out, int fd)
{
    struct sockaddr_storage local = {0}, remote = {0};
    socklen_t local_length = sizeof local, remote_length = sizeof remote;
    if (getsockname(fd, (struct sockaddr *)&local, &local_length))
        local_length = 0;
    if (getpeername(fd, (struct sockaddr *)&remote, &remote_length))
        remote_length = 0;
    /* A CRaC JDK reads a sockaddr_in whatever the family is. */
    int port = ntohs(((struct sockaddr_in *)&local)->sin_port);
    if (local.ss_family == AF_UNIX && local_length <= offsetof(struct sockaddr_un, sun_path))
        port = PORT_OF_UNNAMED_UNIX_SOCKET;
    struct pollfd peer = {fd, POLLIN, 0};
    int gone = poll(&peer, 1, 0) > 0 && (peer.revents & POLLHUP);
    fprintf(out, "\t%d\t%d\t%d\t%d\t%d", option(fd, SO_DOMAIN), option(fd, SO_TYPE), option(fd, SO_ACCEPTCONN) != 0,
            gone, port);
    put_hex(out, (unsigned char *)&local, local_length < sizeof local ? local_length : sizeof local);
    put_hex(out, (unsigned char *)&remote, remote_length < sizeof remote ? remote_length : sizeof remote);
}

static void put_link(FILE *out, int folder, const char *name)
{
    char link[4097];
    ssize_t length = readlinkat(folder, name, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = 0;
    for (char *c = link; *c; c++)
        if (*c == '\n' || *c == '\t')
            *c = '?';
    fputs(link, out);
}

/* Writes a line for each; returns 0, or an errno. Where only identities are asked for, nothing else is looked up. */
static int put_all(FILE *out, int only_identities)
{
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return errno;
    struct dirent *entry;
    while (errno = 0, entry = readdir(folder)) {
        struct stat status;
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] == '.' || fd == dirfd(folder) || fstat(fd, &status))
            continue;
        fprintf(out, "%d\t%u\t%lu\t%lu\t", fd, status.st_mode, (unsigned long)status.st_dev,
                (unsigned long)status.st_ino);
        if (!only_identities)
            put_link(out, dirfd(folder), entry->d_name);
        if (!only_identities && S_ISSOCK(status.st_mode))
            put_socket(out, fd);
        fputc('\n', out);
    }
    int error = errno;
    closedir(folder);
    return error;
}

/* A part of them would be taken for all: an app that has no descriptor left for the folder would hold nothing. */
char *list_descriptors(size_t *size, int only_identities)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    int error = out ? put_all(out, only_identities) : errno;
    if (out && (ferror(out) || fclose(out)))
        error = error ? error : ENOMEM;
    if (!error)
        return text;
    free(text);
    errno = error;
    return NULL;
}
