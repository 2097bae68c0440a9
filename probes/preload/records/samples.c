/* Stacks of events that passed the hooks by: which descriptors they made only the tracer in the kernel knows. */
#define _GNU_SOURCE
#include "records/samples.h"
#include "guard.h"
#include "records/records.h"
#include "stacks/kept.h"
#include <stdlib.h>
#include <string.h>

/* The newest for each number that a call returned, and after them a ring of all. */
static struct sample *samples;
static uint32_t next, numbers;

enum { MAX_SAMPLES = MAX_FDS + KEPT_SAMPLES };

size_t samples_size(void)
{
    return MAX_SAMPLES * sizeof *samples;
}

void samples_begin(char *memory)
{
    samples = (void *)memory;
}

static bool is_there(uint32_t i)
{
    return (i < numbers || i >= MAX_FDS) && samples[i].time;
}

void evacuate_samples(void)
{
    for (uint32_t i = 0; i < MAX_SAMPLES; i++)
        if (is_there(i))
            samples[i].stack = evacuate_stack(samples[i].stack);
}

/* Most calls return the number that they made. Of those that do not, such as pipe and io_uring_enter, only the newest are
 * kept. A call that returns another number costs that number's sample at most. */
void record_sample(long returned)
{
    struct capture capture;
    if (!enter(0))
        return;
    capture.tid = own_tid();
    capture.time = now();
    capture_in_handler(&capture);
    lock_records();
    struct sample *sample = &samples[MAX_FDS + next++ % KEPT_SAMPLES];
    *sample = (struct sample){.time = capture.time, .tid = capture.tid};
    sample->stack = keep_stack(&capture);
    sample->why = capture.why;
    memcpy(sample->thread, thread_name(), NAME_SIZE);
    if (returned > 0 && returned < MAX_FDS) {
        samples[returned] = *sample;
        if (returned >= numbers)
            numbers = returned + 1;
    }
    unlock_records();
    leave();
}

bool samples_copy(struct sample **copies, size_t *count)
{
    size_t room = KEPT_SAMPLES;
    *count = 0;
    *copies = malloc(room * sizeof **copies);
    lock_records();
    for (; *copies && numbers + KEPT_SAMPLES > room; lock_records()) {
        room = numbers + KEPT_SAMPLES + 1024;
        unlock_records();
        free(*copies);
        *copies = malloc(room * sizeof **copies);
    }
    for (uint32_t i = 0; *copies && i < MAX_SAMPLES; i++)
        if (is_there(i))
            (*copies)[(*count)++] = samples[i];
    unlock_records();
    return *copies;
}
