/* loops TIMES: at each line of its input does TIMES calls that make nothing, and then opens and closes a file as often; prints
 * "CALLS <nanoseconds of processor time each>" and "OPENS <nanoseconds each>". It ends with its input. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int argc, char **argv)
{
    char line[16];
    int times = argc > 1 ? atoi(argv[1]) : 0;
    if (times <= 0)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin)) {
        double begin = now();
        for (int i = 0; i < times; i++)
            syscall(SYS_getppid);
        double calls = now();
        for (int i = 0; i < times; i++)
            close(open("/dev/null", O_RDONLY | O_CLOEXEC));
        double opens = now();
        printf("CALLS %.0f\nOPENS %.0f\n", (calls - begin) / times, (opens - calls) / times);
    }
    return 0;
}
