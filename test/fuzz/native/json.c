/* How text that anybody may have chosen is written as JSON: one line, in ASCII
 * or well-formed UTF-8. */
#include "common/json.h"
#include "run.h"
#include <stdlib.h>
#include <string.h>

const char *const seeds[] = {"plain",
                             "\"quoted\\\n",
                             "é€😀",
                             "\xed\xa0\x80",
                             "\xf4\x90\x80\x80",
                             "\xc0\xaf",
                             NULL};

void one(const char *input, size_t size) {
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  json_string(out, input, size);
  fclose(out);
  int open = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = text[i];
    if (byte < 32 || byte == 127 ||
        (byte == '"') != (i == 0 || i == length - 1))
      abort();
    /* The bytes that follow the first of a sequence, and no others. */
    if ((byte & 0xc0) == 0x80 ? !open-- : open)
      abort();
    if (byte >= 0xc0)
      open = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
  }
  if (length < 2 || open)
    abort();
  free(text);
}
