/* The gate's options: whatever comes, it is refused, or there is a command to run and a time to wait. */
#define main gate_main
#include "gate/gate.c"
#undef main
#include "run.h"

const char *const seeds[] = {"--timeout 60 --die-with-parent --output /tmp/log -- java -jar a.jar",
                             "--timeout 9223372036854775807 -- java", "--output --timeout -- java",
                             "java --timeout 1", "--", "--timeout 9 --from /run/command", NULL};

static void expect(bool right) {
  if (!right)
    abort();
}

void one(const char *input, size_t size) {
  enum { WORDS = 32 };
  char *line = strndup(input, size);
  char **list = calloc(WORDS + 2, sizeof *list);
  int count = 1;
  list[0] = line;
  for (char *word = strtok(line, " "); word && count <= WORDS; word = strtok(NULL, " "))
    list[count++] = word;
  struct options options = {.seconds = 300};
  if (!parse(list, &options)) {
    expect(options.seconds > 0);
    expect(options.command > list && options.command <= list + count);
    expect(options.from ? !*options.command : *options.command != NULL);
    expect(!options.output || *options.output);
  }
  free(list);
  free(line);
}
