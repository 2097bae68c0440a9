#ifndef FDTRACE_JSON_H
#define FDTRACE_JSON_H
#include "common/json.h"

/* Says why the tracer can't go on: one line of type "error". */
void json_error(int error, const char *doing, const char *message);

#endif
