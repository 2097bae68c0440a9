/* Why the kernel refuses a program is nowhere written: what may decide about it is said as it is, for the reader. */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "json.h"
#include "load/programs.h"
#include "load/refusal.h"

enum { CAP_SYS_ADMIN = 21, CAP_PERFMON = 38, CAP_BPF = 39, TEXT_MAX = 4096 };

static const struct {
    const char *doing, *message;
} messages[] = {
    {"btf", "the kernel has no BTF type information"},
    {"load", "the kernel does not load the BPF program"},
    {"attach", "the kernel does not attach the BPF program"},
    {"iterate", "the kernel does not list the tracer's own process"},
    {"learn", "the kernel does not show where it allocates files"},
    {"trial", "the tracer can't try whether it sees every file"},
};

/* Reads a small file as text; returns false where it can't be read. */
static bool read_text(const char *path, char text[TEXT_MAX])
{
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(text, 1, TEXT_MAX - 1, file) : 0;
    bool good = file && !ferror(file);
    text[size] = 0;
    if (file)
        fclose(file);
    return good;
}

static void print_text(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    if (text)
        json_string(stdout, text, strlen(text));
    else
        fputs("null", stdout);
}

static void print_file(const char *name, const char *path)
{
    char text[TEXT_MAX];
    bool known = read_text(path, text);
    text[strcspn(text, "\n")] = 0;
    print_text(name, known ? text : NULL);
}

/* A number of /proc/self/status; 0 where it is not told. */
static unsigned long long status_of(const char *text, const char *name, int base)
{
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, base) : 0;
}

/* Whether capabilities are the machine's: its own namespace maps every user onto itself. */
static bool in_user_namespace(void)
{
    char map[TEXT_MAX];
    unsigned inside, outside, count;
    if (!read_text("/proc/self/uid_map", map) || sscanf(map, "%u %u %u", &inside, &outside, &count) != 3)
        return false;
    return inside != 0 || outside != 0 || count != UINT_MAX;
}

static void print_process(void)
{
    static const struct {
        int number;
        const char *name;
    } known[] = {{CAP_BPF, "CAP_BPF"}, {CAP_PERFMON, "CAP_PERFMON"}, {CAP_SYS_ADMIN, "CAP_SYS_ADMIN"}};
    char status[TEXT_MAX];
    struct utsname system;
    if (!read_text("/proc/self/status", status))
        status[0] = 0;
    unsigned long long effective = status_of(status, "\nCapEff:", 16);
    const char *comma = "";
    printf(",\"uid\":%u,\"capabilities\":[", geteuid());
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        if (effective >> known[i].number & 1) {
            printf("%s\"%s\"", comma, known[i].name);
            comma = ",";
        }
    printf("],\"seccomp\":%llu", status_of(status, "\nSeccomp:", 10));
    printf(",\"userNamespace\":%s", in_user_namespace() ? "true" : "false");
    print_text("kernel", uname(&system) ? NULL : system.release);
    print_file("lockdown", "/sys/kernel/security/lockdown");
    print_file("lsm", "/sys/kernel/security/lsm");
}

void refusal_print(const struct refusal *refusal)
{
    const char *code = strerrorname_np(refusal->error), *message = "the tracer can't start";
    for (unsigned i = 0; i < sizeof messages / sizeof *messages; i++)
        if (!strcmp(messages[i].doing, refusal->doing))
            message = messages[i].message;
    fputs("{\"type\":\"error\"", stdout);
    print_text("code", code ? code : "EIO");
    print_text("doing", refusal->doing);
    print_text("message", message);
    print_text("program", refusal->program);
    print_process();
    fputs("}\n", stdout);
    fflush(stdout);
}
