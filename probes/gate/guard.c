/* Ends a process group when whoever started this ends first, however that comes. See README.md. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { USAGE = 125 };

int main(int argc, char **argv)
{
    char *end = NULL;
    long group = argc == 2 ? strtol(argv[1], &end, 10) : 0;
    /* -1 would be everybody. */
    if (group <= 1 || *end) {
        fprintf(stderr, "usage: guard GROUP\n");
        return USAGE;
    }
    /* What ends the other one in good order is told to it alone; this one is ended by SIGKILL when it is not needed. */
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    char byte;
    ssize_t got;
    while ((got = read(STDIN_FILENO, &byte, 1)) > 0 || (got < 0 && errno == EINTR)) {
    }
    kill((pid_t)-group, SIGKILL);
    return 0;
}
