/* The requests that are answered at once. */
#pragma once
#include "frames.h"

/* Answers a request with its words; returns 0 where it knows no such request. */
int answer(uint32_t id, const char *what, char **words, int count);
