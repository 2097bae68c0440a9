/* Ends a process group when whoever started this ends first, however that comes. See README.md. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/number.h"

enum { USAGE = 125 };

int main(int argc, char **argv)
{
    int group;
    /* -1 would be everybody. */
    if (argc != 2 || !parse_pid(argv[1], &group) || group == 1) {
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
    kill(-group, SIGKILL);
    return 0;
}
