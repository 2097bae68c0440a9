/* A reader in C that is given inputs: its seeds end with NULL, and `one` must
 * take whatever is made of them. */
#pragma once
#include <stddef.h>

extern const char *const seeds[];
void one(const char *input, size_t size);
