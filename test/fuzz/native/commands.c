/* fdtrace's arguments and commands: whatever comes, only processes and signals
 * that there can be are asked for. */
#define main fdtrace_main
#include "fdtrace/main.c"
#undef main
#include "run.h"

const char *const seeds[] = {"snapshot 4711",
                             "trace 4711 signal 27",
                             "forget 4711",
                             "stop",
                             "--pid 4711",
                             "--signal 0",
                             "--no-stacks --refuse a,b",
                             NULL};

static void expect(bool right) {
  if (!right)
    abort();
}

int apps_watch(void) { return -1; }

bool apps_trace(struct fdtrace_bpf *bpf, int pid, int signal) {
  (void)bpf;
  expect(pid >= 1 && signal >= 0 && signal <= 64);
  return true;
}

void apps_forget(struct fdtrace_bpf *bpf, int pid) {
  (void)bpf;
  expect(pid >= 1);
}

void apps_snapshot(struct fdtrace_bpf *bpf, int pid) {
  (void)bpf;
  expect(pid >= 1);
}

void apps_ended(void) {}

int room_watch(struct fdtrace_bpf *bpf) {
  (void)bpf;
  return -1;
}

bool room_make(struct fdtrace_bpf *bpf) { return bpf; }

struct fdtrace_bpf *tracer_start(bool stacks, struct start *start) {
  (void)stacks, (void)start;
  return NULL;
}

void programs_refuse(const char *names) { expect(names); }

void one(const char *input, size_t size) {
  enum { WORDS = 32 };
  struct options options = {.signal = SIGPROF_NUMBER, .stacks = true};
  char *line = strndup(input, size), *words = strdup(line),
       *list[WORDS + 2] = {"fdtrace"};
  int count = 1;
  for (char *word = strtok(words, " "); word && count <= WORDS;
       word = strtok(NULL, " "))
    list[count++] = word;
  optind = 0;
  opterr = 0;
  if (parse(count, list, &options))
    expect(options.pid >= 0 && options.signal >= 0 && options.signal <= 64);
  run_command(line, NULL, &options);
  free(words);
  free(line);
}
