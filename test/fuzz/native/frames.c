/* The sidecar's frames: what is handed out lies within what has come. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static void refuse(int status);
#define _exit refuse
#include "sidecar/frames.c"
#undef _exit
#include "run.h"

const char *const seeds[] = {"\4\1\1\1\1\1\1\1?read",
                             "\1\1\1\1\2\2\2\2<x\2\1\1\1\3\3\3\3<yz", "", NULL};

static jmp_buf refused;

/* Where it would end, as nobody speaks its language. */
static void refuse(int status) { longjmp(refused, status); }

static void take(struct frame *frame) {
  volatile unsigned sum = frame->id + frame->kind;
  for (size_t i = 0; i < frame->size; i++)
    sum += frame->payload[i];
}

void one(const char *input, size_t size) {
  int file = memfd_create("input", 0);
  /* Seeds are texts: of the sizes in them only the lowest byte stays. */
  char *bytes = malloc(size + 1);
  memcpy(bytes, input, size);
  for (size_t i = 1; i < size && i < 4; i++)
    if (bytes[i] == 1)
      bytes[i] = 0;
  if (file < 0 || write(file, bytes, size) != (ssize_t)size ||
      lseek(file, 0, SEEK_SET) || dup2(file, 0) < 0)
    abort();
  close(file);
  free(bytes);
  if (!setjmp(refused))
    while (frames_receive(take)) {
    }
}
