/* The table of open descriptors of this process. */
#pragma once
#include <stddef.h>

/* One line for each open descriptor, to be freed by the caller; NULL (errno) where they can't all be listed. */
char *list_descriptors(size_t *size, int only_identities);
