/* A native agent that opens a socket while the JVM boots, and keeps it. */
#include <netinet/in.h>
#include <sys/socket.h>

__attribute__((noinline)) int open_at_boot(void)
{
    volatile int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd;
}

int Agent_OnLoad(void *vm, char *options, void *reserved)
{
    (void)vm;
    (void)options;
    (void)reserved;
    return open_at_boot() < 0;
}
