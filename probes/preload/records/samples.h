/* Stacks of events that passed the hooks by. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "names.h"
#include "stacks/capture.h"

enum { KEPT_SAMPLES = 1 << 12 /* the newest, of calls that return no number */ };

/* The stack of an event that passed the hooks by. */
struct sample {
    uint64_t time; /* CLOCK_MONOTONIC, nanoseconds; 0: there is none */
    uint32_t tid, stack;
    enum why why;
    char thread[NAME_SIZE];
};

void record_sample(long returned);
/* Before records_copied. False where there is no memory; free() them in either case. */
bool samples_copy(struct sample **copies, size_t *count);
void evacuate_samples(void); /* their stacks; between stacks_begin_evacuation and stacks_flip */
void samples_begin(char *memory);
size_t samples_size(void);
