/* How text that anybody may have chosen is written as JSON. */
#pragma once
#include <stddef.h>
#include <stdio.h>

/* Writes bytes as a JSON string: what is not UTF-8 becomes U+FFFD. */
void json_string(FILE *out, const void *bytes, size_t size);
