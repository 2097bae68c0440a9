/* Numbers that come from outside: a process that somebody misspelt must not be another one. */
#pragma once
#include <stdbool.h>

/* Takes a text that is a decimal number within these bounds, and nothing else. */
bool parse_number(const char *text, long least, long most, long *value);

/* The same for the number of a process: 1 and more. */
bool parse_pid(const char *text, int *pid);
