/* At a line of its input opens a socket and has another program bind it, which
 * has more rights where it is set-uid; says so, and waits. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (argc == 2 && !strcmp(argv[1], "bind")) {
    int failed = bind(3, (struct sockaddr *)&address, sizeof address);
    return printf("BOUND %d %d\n", failed, geteuid()) < 0;
  }
  int status;
  char byte;
  setvbuf(stdout, NULL, _IONBF, 0);
  puts("HERE");
  if (read(0, &byte, 1) != 1 || dup2(socket(AF_INET, SOCK_STREAM, 0), 3) != 3)
    return 1;
  pid_t child = fork();
  if (!child)
    return execl(argv[1], argv[1], "bind", NULL);
  waitpid(child, &status, 0);
  puts("READY");
  return read(0, &byte, 1) < 0;
}
