#pragma once
#include "common/json.h"

/* Says why the tracer can't go on: one line of type "error". */
void json_error(int error, const char *doing, const char *message);
