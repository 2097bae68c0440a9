/* The answer to a request that is answered at once. */
#pragma once
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* It grows with what is listed: a folder may have any number of names. */
extern char *text;

/* Makes room for so many bytes; false with errno where there is none. */
bool reserve(size_t size);

/* The next entry; NULL with errno 0 at the end. */
struct dirent *next_entry(DIR *folder);

/* Closes a folder that was read to its end, or fails with what stopped that. Returns the size of the answer, or -1. */
ssize_t end_of(DIR *folder, size_t used);
