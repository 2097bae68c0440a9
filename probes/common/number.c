#include "common/number.h"
#include <limits.h>

/* By hand: strtol takes spaces, signs and words after the number. */
bool parse_number(const char *text, long least, long most, long *value)
{
    long parsed = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || parsed > (LONG_MAX - 9) / 10)
            return false;
        parsed = 10 * parsed + (*text - '0');
    }
    *value = parsed;
    return parsed >= least && parsed <= most;
}

bool parse_pid(const char *text, int *pid)
{
    long value;
    if (!parse_number(text, 1, INT_MAX, &value))
        return false;
    *pid = value;
    return true;
}
