/* For tests: each stack that is recognised is told by JVMTI as well, and must be the same. */
#include "stacks/check.h"

#ifdef CHECK_WALKS
#include "guard.h"
#include "stacks/frames.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Atomic long agreed, repeated;
static THREAD_LOCAL bool is_next_repeated;

void check_repeated(void)
{
    is_next_repeated = true;
}

void check_recognised(const struct capture *capture, uintptr_t caller)
{
    struct capture told = {.native_count = capture->native_count};
    memcpy(told.native, capture->native, sizeof told.native);
    repeated += is_next_repeated;
    is_next_repeated = false;
    /* The JVM may be ending. */
    if (!told_frames(&told))
        return;
    if (hash_stack(&told, caller) != capture->hash)
        abort();
    agreed++;
}

__attribute__((destructor)) static void say(void)
{
    if (agreed)
        dprintf(1, "WALKS AGREED %ld, BY WORDS %ld\n", agreed, repeated);
}
#else
void check_recognised(const struct capture *capture, uintptr_t caller)
{
    (void)capture, (void)caller;
}

void check_repeated(void)
{
}
#endif
