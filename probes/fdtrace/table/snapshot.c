#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "fdtrace.h"
#include "json.h"
#include "load/permit.h"
#include "table/names.h"
#include "table/snapshot.h"
#include "table/table.h"

static const char *const kinds[] = KIND_WORDS;
static const char *const samples[] = {"off", "sent", "pending", "no-handler", "blocked", "forked", "failed", "hooked"};

/* What the stream holds about one descriptor. */
struct entry {
    struct live live;
    const char *path;
    bool known[KINDS];
    struct record record[KINDS];
    struct address address[KINDS];
};

/* Reads the next descriptor's items; returns the rest of the stream. The items are not aligned. */
static const char *next_entry(const char *at, const char *end, struct entry *entry)
{
    unsigned tag = 0;
    struct record record;
    enum kind last = K_OPEN;
    memset(entry, 0, sizeof *entry);
    memcpy(&entry->live, at, sizeof entry->live);
    at += sizeof entry->live;
    entry->path = at;
    at += entry->live.path_size;
    while (at + sizeof tag <= end && (memcpy(&tag, at, sizeof tag), tag != T_LIVE)) {
        if (tag == T_RECORD) {
            memcpy(&record, at, sizeof record);
            last = record.kind;
            entry->known[last] = true;
            entry->record[last] = record;
            at += sizeof record;
        } else {
            memcpy(&entry->address[last], at, sizeof *entry->address);
            at += sizeof *entry->address;
        }
    }
    return at;
}

/* The kernel uses the address of a closed file again: a record is about this file only if it fits it. */
static bool is_about(const struct entry *entry, enum kind kind)
{
    const struct record *record = &entry->record[kind], *creation = &entry->record[K_OPEN];
    if (!entry->known[kind] || record->inode != entry->live.inode || record->device != entry->live.device)
        return false;
    return !entry->known[K_OPEN] || (creation->ts && record->ts >= creation->ts);
}

/* The device number as stat() tells it. */
static unsigned long long device_of(unsigned kernel)
{
    return makedev(kernel >> 20, kernel & 0xfffff);
}

static void print_address(const struct record *record, const struct address *address)
{
    char text[ADDRESS_TEXT_MAX];
    size_t size = address->size && address->ts == record->ts ? address_text(address->bytes, address->size, text) : 0;
    fputs(",\"address\":", stdout);
    if (size)
        json_string(stdout, text, size);
    else
        fputs("null", stdout);
}

static void print_record(const struct record *record, const struct address *address, unsigned long long file)
{
    printf("{\"type\":\"record\",\"kind\":\"%s\",\"ts\":%llu,\"until\":", kinds[record->kind], record->ts);
    if (record->until)
        printf("%llu", record->until);
    else
        fputs("null", stdout);
    printf(",\"tgid\":%u,\"tid\":%u,\"nsTid\":%u,\"fd\":%d,\"syscall\":\"%s\"", record->tgid, record->tid,
           record->ns_tid, record->fd, syscall_name(record->nr));
    printf(",\"file\":\"%llx\",\"inode\":%llu,\"device\":%llu,\"sample\":\"%s\",\"comm\":", file, record->inode,
           device_of(record->device), samples[record->sample]);
    json_string(stdout, record->comm, strnlen(record->comm, sizeof record->comm));
    fputs(",\"name\":", stdout);
    json_string(stdout, record->name, strnlen(record->name, sizeof record->name));
    print_address(record, address);
    fputs(",\"stack\":[", stdout);
    /* A walk that goes astray for want of frame pointers ends in a zero. */
    for (int i = 0; i < record->depth && record->stack[i]; i++)
        printf("%s\"0x%llx\"", i ? "," : "", record->stack[i]);
    fputs("]}\n", stdout);
}

static int by_file(const void *a, const void *b)
{
    unsigned long long left = ((const struct live *)a)->file, right = ((const struct live *)b)->file;
    return left < right ? -1 : left > right;
}

static bool is_inherited(const struct inherited *inherited, const struct live *live)
{
    const struct live *born = bsearch(live, inherited->files, inherited->count, sizeof *live, by_file);
    return born && born->inode == live->inode && born->device == live->device;
}

/* Where the kernel did not tell the path, /proc is asked; it may have changed since. */
static void print_link(const struct entry *entry, int pid)
{
    char link[64], path[PATH_MAX_KEPT];
    ssize_t size = entry->live.path_size;
    if (size) {
        json_string(stdout, entry->path, strnlen(entry->path, size));
        return;
    }
    snprintf(link, sizeof link, "/proc/%d/fd/%u", pid, entry->live.fd);
    size = readlink(link, path, sizeof path);
    json_string(stdout, path, size > 0 ? size : 0);
}

static void print_entry(const struct entry *entry, int pid, const struct inherited *inherited)
{
    const struct live *live = &entry->live;
    for (enum kind kind = K_OPEN; kind < KINDS; kind++)
        if (is_about(entry, kind))
            print_record(&entry->record[kind], &entry->address[kind], live->file);
    printf("{\"type\":\"live\",\"fd\":%u,\"file\":\"%llx\",\"inode\":%llu,\"device\":%llu,\"mode\":%u", live->fd,
           live->file, live->inode, device_of(live->device), live->mode);
    printf(",\"inherited\":%s,\"link\":", !entry->known[K_OPEN] && is_inherited(inherited, live) ? "true" : "false");
    print_link(entry, pid);
    fputs("}\n", stdout);
}

bool inherited_read(struct fdtrace_bpf *bpf, int pid, struct inherited *inherited)
{
    size_t size, room = 0;
    struct entry entry;
    char *stream = table_read(bpf, pid, &size);
    if (!stream)
        return false;
    for (const char *at = stream; at < stream + size; inherited->count++) {
        at = next_entry(at, stream + size, &entry);
        if (inherited->count == room) {
            room = room ? 2 * room : 64;
            struct live *more = realloc(inherited->files, room * sizeof *more);
            if (!more) {
                /* A part of them would make files that were there before look like files of nobody known. */
                free(inherited->files);
                *inherited = (struct inherited){0};
                free(stream);
                errno = ENOMEM;
                return false;
            }
            inherited->files = more;
        }
        inherited->files[inherited->count] = entry.live;
    }
    free(stream);
    if (inherited->count)
        qsort(inherited->files, inherited->count, sizeof *inherited->files, by_file);
    return true;
}

bool snapshot_print(struct fdtrace_bpf *bpf, int pid, const struct inherited *inherited)
{
    size_t size;
    struct entry entry;
    char *stream = table_read(bpf, pid, &size);
    if (!stream) {
        json_error(errno, "snapshot", "the kernel does not list the descriptors");
        return false;
    }
    /* It may have become another program since it was asked for. */
    if (!may_observe(pid) && errno == EPERM) {
        json_error(EPERM, "snapshot", "the process belongs to another user");
        free(stream);
        return false;
    }
    for (const char *at = stream; at < stream + size;) {
        at = next_entry(at, stream + size, &entry);
        print_entry(&entry, pid, inherited);
    }
    free(stream);
    return true;
}
