/* What goes over standard input and output: see README.md. */
#pragma once
#include <stdint.h>
#include <stdlib.h>

enum { HEADER = 9, LARGEST_FRAME = 2 << 20, CHUNK = 1 << 20 };

enum kind { RESULT = '=', ERROR = '!', OUTPUT = '1', DIAGNOSTICS = '2', END = '.' };

struct frame {
    uint32_t id;
    char kind;
    char *payload;
    size_t size;
};

/* Sends one frame; when nobody listens any more, the program ends. */
void frame_send(uint32_t id, enum kind kind, const void *payload, size_t size);
void frame_text(uint32_t id, enum kind kind, const char *text);
/* The answer to a request that failed: the name of an errno. */
void frame_error(uint32_t id, int error);

/* Reads what has arrived and hands out each whole frame; returns 0 at the end of the input. */
int frames_receive(void (*take)(struct frame *));
