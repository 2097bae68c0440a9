/* Writes the records as lines of JSON. */
#pragma once
#include <jvmti.h>
#include <stdint.h>

/* Writes a file that appears whole or not at all; 0 where it is there. */
jint dump(JavaVM *vm, const char *path, uint64_t since);
