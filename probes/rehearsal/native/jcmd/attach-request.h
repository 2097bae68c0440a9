/* A request as HotSpot's attach protocol has it, read as far as is needed to know whom it is for. */
#pragma once

#include <stddef.h>

typedef struct {
    /* Everything that has been read, with a NUL after it. */
    char bytes[4096];
    size_t size;
    const char *command, *first_argument;
} attach_request;

/* 0 when the command and its first argument are known, or the request is too long to be a short command's. */
int read_attach_request(int client, attach_request *request);

/* What follows the name of a diagnostic command; NULL where the request is another one. */
const char *arguments_of(const attach_request *request, const char *diagnostic_command);
