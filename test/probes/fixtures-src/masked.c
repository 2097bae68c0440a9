/* Runs a command with SIGINT, SIGUSR1, SIGUSR2, SIGTERM and SIGCONT blocked. */
#include <signal.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const int blocked[] = {SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCONT};
    sigset_t set;
    sigemptyset(&set);
    for (unsigned i = 0; i < sizeof blocked / sizeof *blocked; i++)
        sigaddset(&set, blocked[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return argc > 1 ? execv(argv[1], argv + 1) : 1;
}
