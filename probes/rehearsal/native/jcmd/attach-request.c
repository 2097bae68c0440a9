/* Reads both versions of the attach protocol:
 *   1\0 command\0 first\0 second\0 third\0
 *   2\0 size\0 command[ option…]\0 first\0 …        (JDK 24 and newer; size is in decimal and counts what follows it) */
#include "native/jcmd/attach-request.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { V1_FIELDS = 5, V2_HEADER_FIELDS = 2 };

/* The field after `index` NULs, NULL while it has not come. */
static const char *field(const attach_request *request, int index)
{
    const char *at = request->bytes, *end = at + request->size;
    for (; index > 0 && at; index--) {
        at = memchr(at, 0, (size_t)(end - at));
        if (at)
            at++;
    }
    return at && at <= end && memchr(at, 0, (size_t)(end - at)) ? at : NULL;
}

static int is_version(const attach_request *request, char version)
{
    return request->size >= 2 && request->bytes[0] == version && request->bytes[1] == 0;
}

static int is_complete(const attach_request *request)
{
    if (is_version(request, '1'))
        return field(request, V1_FIELDS - 1) != NULL;
    const char *size = field(request, 1);
    if (!is_version(request, '2') || !size)
        return 0;
    size_t header = (size_t)(size - request->bytes) + strlen(size) + 1, payload = strtoul(size, NULL, 10);
    return payload > sizeof request->bytes || request->size >= header + payload;
}

int read_attach_request(int client, attach_request *request)
{
    *request = (attach_request){0};
    while (request->size < sizeof request->bytes - 1 && !is_complete(request)) {
        ssize_t size = read(client, request->bytes + request->size, sizeof request->bytes - 1 - request->size);
        if (size <= 0)
            return -1;
        request->size += (size_t)size;
    }
    int command = is_version(request, '2') ? V2_HEADER_FIELDS : 1;
    request->command = field(request, command);
    request->first_argument = field(request, command + 1);
    return 0;
}

const char *arguments_of(const attach_request *request, const char *diagnostic_command)
{
    const char *command = request->command, *argument = request->first_argument;
    size_t length = strlen(diagnostic_command);
    if (!command || !argument || strncmp(command, "jcmd", 4) || (command[4] && command[4] != ' '))
        return NULL;
    if (strncmp(argument, diagnostic_command, length) || (argument[length] && argument[length] != ' '))
        return NULL;
    return argument + length;
}
