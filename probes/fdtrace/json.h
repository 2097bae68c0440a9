#ifndef FDTRACE_JSON_H
#define FDTRACE_JSON_H
#include <stddef.h>

/* Prints bytes that anybody may have chosen as a JSON string: what is not UTF-8 becomes U+FFFD. */
void json_string(const void *bytes, size_t size);

/* Says why the tracer can't go on: one line of type "error". */
void json_error(int error, const char *doing, const char *message);

#endif
