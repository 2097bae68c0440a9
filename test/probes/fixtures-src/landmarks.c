/* Prints where some of its code lies, then waits for the end of its standard input. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((noinline)) int own_function(int x) { return x * 3 + getpid(); }
static __attribute__((noinline)) int static_function(int x) { return x * 5 + getpid(); }

int main(void)
{
    void *anonymous = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char byte;
    printf("own_function %p\nstatic_function %p\n", (void *)own_function, (void *)static_function);
    printf("socket %p\nanonymous %p\ndata %p\n", dlsym(RTLD_DEFAULT, "socket"), anonymous, (void *)&byte);
    printf("sum %d\nREADY\n", own_function(1) + static_function(2));
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    return 0;
}
