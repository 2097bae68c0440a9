/* The different stacks that are kept, in two semispaces. */
#pragma once
#include <stddef.h>
#include "stacks/capture.h"

enum { MAX_STACKS = 1 << 16 };

/* Java frames and native return addresses of one place. Never changes and never goes. */
struct stack {
    uint64_t hash;
    uint32_t java_count, native_count;
    jvmtiFrameInfo java[]; /* then uintptr_t native[] */
};

size_t stacks_size(void);
void stacks_begin(char *memory);

/* Whether a stack of this hash is kept already. Takes no lock. */
bool is_kept(uint64_t hash);

/* All that follows is called under the lock of the records. */
uint32_t stack_of(const struct capture *capture); /* 0: no room */
const struct stack *stack_at(uint32_t number);
bool stacks_are_full(void);

/* Empties the other semispace; evacuate_stack moves there what is in use, and gives its number there; then they flip. */
void stacks_begin_evacuation(void);
uint32_t evacuate_stack(uint32_t number);
void stacks_flip(void);
