#include "common/json.h"
#include <stdbool.h>

/* Length of the well-formed UTF-8 sequence at `at`, 0 if there is none: no overlong forms, surrogates or values that
 * Unicode does not have. */
static size_t sequence(const unsigned char *at, size_t left)
{
    size_t size = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : *at < 0xf5 ? 4 : 0;
    if (!size || size > left)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if (size > 2) {
        unsigned lead = at[0] << 8 | at[1];
        bool overlong = lead < 0xe0a0 || (lead >= 0xf080 && lead < 0xf090);
        bool surrogate = lead >= 0xeda0 && lead <= 0xedbf;
        if (overlong || surrogate || lead > 0xf48f)
            return 0;
    }
    return size;
}

void json_string(FILE *out, const void *bytes, size_t size)
{
    const unsigned char *at = bytes, *end = at + size;
    putc('"', out);
    while (at < end) {
        size_t n = sequence(at, end - at);
        if (!n)
            fputs("\\ufffd", out);
        else if (*at < 32 || *at == 127 || *at == '"' || *at == '\\')
            fprintf(out, "\\u%04x", *at);
        else
            fwrite(at, 1, n, out);
        at += n ? n : 1;
    }
    putc('"', out);
}
