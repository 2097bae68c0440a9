#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include "json.h"

void json_error(int error, const char *doing, const char *message)
{
    const char *name = strerrorname_np(error);
    fputs("{\"type\":\"error\",\"code\":", stdout);
    json_string(stdout, name ? name : "EIO", strlen(name ? name : "EIO"));
    fputs(",\"doing\":", stdout);
    json_string(stdout, doing, strlen(doing));
    fputs(",\"message\":", stdout);
    json_string(stdout, message, strlen(message));
    fputs("}\n", stdout);
    fflush(stdout);
}
