/* How a function of libc is interposed. */
#pragma once
#include <stdint.h>
#include "guard.h"
#include "hooks/lookup.h"
#include "hooks/unhooked.h"
#include "records/records.h"

/* An interposed function of libc. */
struct hook {
    const char *name;
    const char *call; /* the system call that it makes */
    void **real;
    void *own;
};

/* Six words in, one word out, whatever the prototype: so x86-64 and AArch64 pass integers and pointers, variadic or not. */
#define PARAMETERS long a, long b, long c, long d, long e, long f
#define ARGUMENTS a, b, c, d, e, f
#define CALLER ((uintptr_t)__builtin_return_address(0))

/* Defines `hook_NAME`, which the linker calls NAME, and its row in the table of hooks. */
#define HOOK(type, function, system_call)                                                       \
    static type (*real_##function)(PARAMETERS);                                                 \
    __attribute__((visibility("default"))) type hook_##function(PARAMETERS) __asm__(#function); \
    static struct hook row_##function __attribute__((section("hooks"), used, aligned(8))) = {   \
        #function, system_call, (void **)&real_##function, (void *)hook_##function};            \
    type hook_##function(PARAMETERS)

/* A hook may run before any constructor: another library's constructor may open a file. */
#define AROUND(call)               \
    ({                             \
        uint32_t before = hooked;  \
        hooked = 1;                \
        __auto_type result = call; \
        hooked = before;           \
        result;                    \
    })
#define CALL(function)                                             \
    ({                                                             \
        if (!real_##function)                                      \
            *(void **)&real_##function = real_function(#function); \
        AROUND(real_##function(ARGUMENTS));                        \
    })
