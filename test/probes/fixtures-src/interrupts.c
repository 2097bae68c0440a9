/* Opens COUNT files on one processor, while each packet that arrives there interrupts it: the kernel allocates its answer
 * inside whatever runs. A network namespace of its own hands what the other processor sends to that one. Says READY;
 * ends with its standard input. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int result, const char *what)
{
    if (result < 0) {
        printf("FAILED %s %m\n", what);
        exit(1);
    }
}

static void stay_on(int cpu)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    check(sched_setaffinity(0, sizeof one, &one), "affinity");
}

/* A loopback device whose packets are received by the second processor, whoever sends them. */
static void make_network(void)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    check(unshare(CLONE_NEWNET | CLONE_NEWNS), "unshare");
    check(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
    check(mount("none", "/sys", "sysfs", 0, NULL), "sysfs");
    int device = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(ioctl(device, SIOCSIFFLAGS, &loopback), "up");
    close(device);
    int steering = open("/sys/class/net/lo/queues/rx-0/rps_cpus", O_WRONLY | O_CLOEXEC);
    check(steering, "steering");
    check(write(steering, "2", 1), "steering");
    close(steering);
}

/* Nobody listens there, so each packet is answered with an error, made by the interrupt. */
static void send_packets(void)
{
    struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(9)};
    inet_pton(AF_INET, "127.0.0.1", &nobody.sin_addr);
    int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    stay_on(0);
    for (;;)
        sendto(sender, "x", 1, 0, (struct sockaddr *)&nobody, sizeof nobody);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 0;
    char word;
    setvbuf(stdout, NULL, _IOLBF, 0);
    make_network();
    int sender = fork();
    check(sender, "fork");
    if (!sender)
        send_packets();
    stay_on(1);
    for (int i = 0; i < count; i++) {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        check(fd, "open");
        close(fd);
    }
    kill(sender, SIGKILL);
    waitpid(sender, NULL, 0);
    puts("READY");
    return read(STDIN_FILENO, &word, 1) < 0;
}
