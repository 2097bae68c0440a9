/* Put before every file of a library for glibc: it is to load with glibc 2.17 and newer, whichever glibc it is built with.
 * The linker would take the newest version of each function; these have older ones that do the same. */
#ifdef __x86_64__
#define GLIBC_FIRST "GLIBC_2.2.5"
#else
#define GLIBC_FIRST "GLIBC_2.17"
#endif
#define GLIBC_OLDEST(function) __asm__(".symver " #function ", " #function "@" GLIBC_FIRST)

/* They moved into libc.so.6 with 2.34, pthread_sigmask with 2.32. */
GLIBC_OLDEST(dladdr);
GLIBC_OLDEST(dlvsym);
GLIBC_OLDEST(pthread_create);
GLIBC_OLDEST(pthread_detach);
GLIBC_OLDEST(pthread_mutex_trylock);
GLIBC_OLDEST(pthread_sigmask);
