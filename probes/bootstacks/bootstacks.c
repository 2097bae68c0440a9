/* Starts async-profiler before the JVM exists, and hides from all that the JVM starts. See README.md. */
#define _GNU_SOURCE
#include "common/preloaded/environment.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef GLIBC_OLDEST
GLIBC_OLDEST(dlerror);
GLIBC_OLDEST(dlopen);
GLIBC_OLDEST(dlsym);
#endif

#define PROFILER "BOOTSTACKS_PROFILER"
#define COMMAND "BOOTSTACKS_COMMAND"

/* async-profiler's C API (asprof.h), as far as it is used here. */
typedef const char *asprof_error_t;
typedef void (*asprof_output_t)(const char *text, size_t size);
typedef void (*asprof_init_t)(void);
typedef asprof_error_t (*asprof_execute_t)(const char *command, asprof_output_t output);
typedef const char *(*asprof_error_str_t)(asprof_error_t error);

static void ignore(const char *text, size_t size)
{
    (void)text;
    (void)size;
}

static asprof_execute_t profiler_execute;

/* What this process was given, for a launcher that starts itself anew. */
static struct {
    pid_t pid;
    char *profiler, *command, *preload;
} given;

static int (*real_execve)(const char *path, char *const argv[], char *const envp[]);

static void find_execve(void)
{
    *(void **)&real_execve = dlsym(RTLD_NEXT, "execve");
}

/* Starts the profiler through its own C API; its preload mode wants to be in LD_PRELOAD itself. */
static const char *start_profiler(const char *library, const char *command)
{
    void *profiler = dlopen(library, RTLD_NOW);
    if (!profiler)
        return dlerror();
    asprof_init_t init = (asprof_init_t)dlsym(profiler, "asprof_init");
    asprof_error_str_t text = (asprof_error_str_t)dlsym(profiler, "asprof_error_str");
    profiler_execute = (asprof_execute_t)dlsym(profiler, "asprof_execute");
    if (!init || !profiler_execute || !text)
        return "it is not async-profiler";
    init();
    asprof_error_t error = profiler_execute(command, ignore);
    return error ? text(error) : NULL;
}

/* Anything but a JVM is left alone, environment included: it may be the script that starts the JVM. */
__attribute__((constructor)) static void start(void)
{
    find_execve();
    const char *profiler = getenv(PROFILER), *command = getenv(COMMAND), *preload = getenv("LD_PRELOAD");
    if (!profiler || !command || !preload || !is_java_launcher())
        return;
    given.pid = getpid();
    given.profiler = strdup(profiler);
    given.command = strdup(command);
    given.preload = strdup(preload);
    const char *problem = start_profiler(profiler, command);
    if (problem)
        fprintf(stderr, "libbootstacks: the profiler did not start: %s\n", problem);
    unsetenv(PROFILER);
    unsetenv(COMMAND);
    leave_environment("libbootstacks.so");
}

/* The java launcher runs itself again where LD_LIBRARY_PATH names a JVM: then all begins anew, in the same process.
 * Nobody else calls this before there is a JVM. */
__attribute__((visibility("default"))) int execve(const char *path, char *const argv[], char *const envp[])
{
    if (!real_execve)
        find_execve();
    if (given.pid != getpid() || dlopen("libjvm.so", RTLD_NOW | RTLD_NOLOAD))
        return real_execve(path, argv, envp);
    if (profiler_execute)
        profiler_execute("stop", ignore);
    setenv(PROFILER, given.profiler, 1);
    setenv(COMMAND, given.command, 1);
    setenv("LD_PRELOAD", given.preload, 1);
    return real_execve(path, argv, environ);
}
