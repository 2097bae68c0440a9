#pragma once
#include <stddef.h>

enum { ADDRESS_TEXT_MAX = 128 };

/* The name of a system call of this architecture, or `syscall_<number>`. Valid until the next call. */
const char *syscall_name(int number);

/* Writes a sockaddr as `127.0.0.1:80`, `[::1]:80`, a path or `@abstract` into `text` (of ADDRESS_TEXT_MAX bytes) and
 * returns its length; 0 where the family is another one. A socket path may hold any bytes. */
size_t address_text(const unsigned char *bytes, size_t size, char *text);
