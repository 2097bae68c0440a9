/* Which threads are watched, and when they are not. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* initial-exec: a TLS block that is allocated on first use would call malloc within open. musl refuses it in dlopen. */
#ifdef __GLIBC__
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
#else
#define THREAD_LOCAL __thread
#endif

void guard_begin(void);
void guard_watch(bool now); /* whether anybody is to be watched at all; so it is from the beginning */
bool enter(int fd);         /* whether the calling thread is to be watched now; then leave() must follow */
void leave(void);
void before_fork(void); /* the calling thread is about to return twice, once in another process */
uint32_t own_tid(void);
uint64_t now(void);
