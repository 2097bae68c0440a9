/* Mutates the seeds of a reader, the same for the same number: PROGRAM SEED
 * INPUTS SECONDS, whatever comes first. */
#include "run.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONGEST = 4096, MUTATIONS = 6 };

static uint64_t state;

static size_t below(size_t most) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return most ? state % most : 0;
}

static size_t mutate(char *input, size_t size) {
  static const unsigned char nasty[] = {0,    1,    '\n', ' ', '"',  '\\',
                                        '-',  '+',  '0',  '9', 0x7f, 0x80,
                                        0xc0, 0xed, 0xf4, 0xff};
  size_t at = below(size + 1), cut = below(8);
  switch (below(5)) {
  case 0: /* cut */
    cut = cut < size - at ? cut : size - at;
    memmove(input + at, input + at + cut, size - at - cut);
    return size - cut;
  case 1: /* another byte */
    if (size)
      input[below(size)] = below(2) ? nasty[below(sizeof nasty)] : below(256);
    return size;
  case 2: /* one more */
    if (size == LONGEST)
      return size;
    memmove(input + at + 1, input + at, size - at);
    input[at] = nasty[below(sizeof nasty)];
    return size + 1;
  case 3: /* a part again */
    cut = below(size - at + 1);
    cut = cut < LONGEST - size ? cut : LONGEST - size;
    memmove(input + size, input + at, cut);
    return size + cut;
  default:
    return at;
  }
}

int main(int argc, char **argv) {
  if (argc != 4)
    return 2;
  state = strtoull(argv[1], NULL, 10) * 2654435761u + 1;
  unsigned long inputs = strtoul(argv[2], NULL, 10), done = 0;
  time_t end = time(NULL) + atol(argv[3]);
  size_t count = 0;
  while (seeds[count])
    count++;
  for (; done < inputs && (done % 256 || time(NULL) <= end); done++) {
    /* Of its own size, so that a look beyond its end is seen. */
    static char made[LONGEST];
    const char *seed = seeds[below(count)];
    size_t size = strlen(seed);
    memcpy(made, seed, size);
    for (size_t n = below(MUTATIONS + 1); n; n--)
      size = mutate(made, size);
    char *input = malloc(size ? size : 1);
    memcpy(input, made, size);
    one(input, size);
    free(input);
  }
  fprintf(stderr, "%lu inputs\n", done);
  return 0;
}
