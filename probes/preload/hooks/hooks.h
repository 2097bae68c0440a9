/* How a function of libc is interposed. */
#pragma once
#include <stdint.h>
#include "guard.h"
#include "hooks/lookup.h"
#include "hooks/unhooked.h"
#include "records/asker.h"
#include "records/records.h"

/* An interposed function of libc. */
struct hook {
    const char *name;
    const char *call; /* the system call that it makes */
    void **real;
    void *own;
    bool
        wrapped; /* another library's function of that name comes before libc's; only told to a library that comes late */
};

/* Six words in, one word out, whatever the prototype: so x86-64 and AArch64 pass integers and pointers, variadic or not. */
#define PARAMETERS long a, long b, long c, long d, long e, long f
#define ARGUMENTS a, b, c, d, e, f
#define CALLER ((uintptr_t)__builtin_return_address(0))

/* Gives `hook_NAME` the name NAME as well, for the linker. A reference to NAME leads to the first definition, and that is not
 * a library that comes late; `hook_NAME` is this library's own in any case. */
#define EXPORTED(type, function, parameters)                      \
    type hook_##function parameters;                              \
    extern type exported_##function parameters __asm__(#function) \
        __attribute__((visibility("default"), alias("hook_" #function)))

/* Defines `hook_NAME` and its row in the table of hooks. */
#define HOOK(type, function, system_call)                                                                           \
    static type (*real_##function)(PARAMETERS);                                                                     \
    EXPORTED(type, function, (PARAMETERS));                                                                         \
    static struct hook row_##function __attribute__((section("hooks"), used, aligned(8))) = {                       \
        .name = #function, .call = system_call, .real = (void **)&real_##function, .own = (void *)hook_##function}; \
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
/* Libc's own function. Threads may look it up at the same time: all of them find the same. */
#define REAL(function)                                                          \
    ({                                                                          \
        __auto_type real = __atomic_load_n(&real_##function, __ATOMIC_RELAXED); \
        if (!real) {                                                            \
            real = real_function(#function);                                    \
            __atomic_store_n(&real_##function, real, __ATOMIC_RELAXED);         \
        }                                                                       \
        real;                                                                   \
    })
#define CALL(function)                      \
    ({                                      \
        __auto_type found = REAL(function); \
        AROUND(found(ARGUMENTS));           \
    })
