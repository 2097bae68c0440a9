#include <arpa/inet.h>
#include <asm/unistd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include "table/names.h"

static const char *const syscalls[] = {
#include "syscalls.h"
};

const char *syscall_name(int number)
{
    static char unknown[24];
    if (number >= 0 && (size_t)number < sizeof syscalls / sizeof *syscalls && syscalls[number])
        return syscalls[number];
    snprintf(unknown, sizeof unknown, "syscall_%d", number);
    return unknown;
}

static size_t unix_text(const struct sockaddr_un *name, size_t size, char *text)
{
    size_t used = size - offsetof(struct sockaddr_un, sun_path);
    if (*name->sun_path) { /* the kernel ends a path at the first NUL, or at the end of what it was given */
        used = strnlen(name->sun_path, used);
        memcpy(text, name->sun_path, used);
        return used;
    }
    memcpy(text, name->sun_path, used); /* an abstract name may hold NULs */
    *text = '@';
    return used;
}

size_t address_text(const unsigned char *bytes, size_t size, char *text)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } name = {0};
    char ip[INET6_ADDRSTRLEN];
    if (size > sizeof name)
        size = sizeof name;
    memcpy(&name, bytes, size);
    if (size < sizeof name.any.sa_family)
        return 0;
    if (name.any.sa_family == AF_INET && size >= offsetof(struct sockaddr_in, sin_zero)) {
        inet_ntop(AF_INET, &name.v4.sin_addr, ip, sizeof ip);
        return snprintf(text, ADDRESS_TEXT_MAX, "%s:%u", ip, ntohs(name.v4.sin_port));
    }
    if (name.any.sa_family == AF_INET6 && size >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
        inet_ntop(AF_INET6, &name.v6.sin6_addr, ip, sizeof ip);
        return snprintf(text, ADDRESS_TEXT_MAX, "[%s]:%u", ip, ntohs(name.v6.sin6_port));
    }
    if (name.any.sa_family == AF_UNIX && size > offsetof(struct sockaddr_un, sun_path))
        return unix_text(&name.local, size, text);
    return 0;
}
