/* Writes the records as lines of JSON. Only now are methods and lines named. */
#define _GNU_SOURCE
#include "records/dump.h"
#include "agent.h"
#include "common/json.h"
#include "guard.h"
#include "hooks/hooks.h"
#include "records/records.h"
#include "records/samples.h"
#include "stacks/kept.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

static void write_text(FILE *out, const char *text)
{
    json_string(out, text, strlen(text));
}

/* `Lcom/acme/Pool;` → `com.acme.Pool` */
static void write_class(FILE *out, char *signature)
{
    size_t size = strlen(signature);
    if (size > 1 && *signature == 'L') {
        signature[size - 1] = '\0';
        signature++;
    }
    for (char *each = signature; *each; each++)
        if (*each == '/')
            *each = '.';
    write_text(out, signature);
}

static jint line_of(jvmtiEnv *ti, const jvmtiFrameInfo *frame)
{
    jvmtiLineNumberEntry *lines = NULL;
    jint count = 0, line = -1;
    if (frame->location < 0 || (*ti)->GetLineNumberTable(ti, frame->method, &count, &lines))
        return line;
    jlocation best = -1;
    for (jint i = 0; i < count; i++)
        if (lines[i].start_location <= frame->location && lines[i].start_location > best) {
            best = lines[i].start_location;
            line = lines[i].line_number;
        }
    (*ti)->Deallocate(ti, (void *)lines);
    return line;
}

/* A method of a class that has been unloaded since has no names any more. */
static void write_frame(FILE *out, jvmtiEnv *ti, JNIEnv *env, const jvmtiFrameInfo *frame)
{
    char *name = NULL, *signature = NULL, *file = NULL;
    jclass owner = NULL;
    (*ti)->GetMethodName(ti, frame->method, &name, NULL, NULL);
    if (!(*ti)->GetMethodDeclaringClass(ti, frame->method, &owner)) {
        (*ti)->GetClassSignature(ti, owner, &signature, NULL);
        (*ti)->GetSourceFileName(ti, owner, &file);
    }
    jint line = line_of(ti, frame);
    fputs("{\"class\":", out);
    if (signature)
        write_class(out, signature);
    else
        fputs("\"(unloaded)\"", out);
    fputs(",\"method\":", out);
    write_text(out, name ? name : "(unloaded)");
    fputs(",\"file\":", out);
    if (file)
        write_text(out, file);
    else
        fputs("null", out);
    fprintf(out, line < 0 ? ",\"line\":null}" : ",\"line\":%d}", line);
    (*ti)->Deallocate(ti, (void *)name);
    (*ti)->Deallocate(ti, (void *)signature);
    (*ti)->Deallocate(ti, (void *)file);
    if (owner)
        (*env)->DeleteLocalRef(env, owner);
}

static void write_stack(FILE *out, JNIEnv *env, uint32_t number)
{
    const struct stack *stack = stack_at(number);
    const uintptr_t *native = (const uintptr_t *)(stack->java + stack->java_count);
    fprintf(out, "{\"type\":\"stack\",\"stack\":%u,\"java\":[", number);
    for (uint32_t i = 0; i < stack->java_count; i++) {
        if (i)
            putc(',', out);
        write_frame(out, jvmti(), env, &stack->java[i]);
    }
    fputs("],\"native\":[", out);
    for (uint32_t i = 0; i < stack->native_count; i++)
        fprintf(out, "%s\"0x%lx\"", i ? "," : "", (unsigned long)native[i]);
    fputs("]}\n", out);
}

static const char *const whys[] = {"taken", "boot", "in-vm", "not-java", "no-frames", "no-room"};

static void write_record(FILE *out, const struct link *link, const struct file *file, enum kind kind)
{
    static const char *const kinds[] = KIND_WORDS;
    const struct event *event = &file->events[kind];
    fprintf(
        out,
        "{\"type\":\"record\",\"kind\":\"%s\",\"ts\":%lu,\"tid\":%u,\"fd\":%d,\"syscall\":\"%s\","
        "\"function\":\"%s\",\"file\":\"%u\",\"inode\":%lu,\"device\":%lu,\"sample\":\"%s\",\"stack\":%u,\"thread\":",
        kinds[kind], event->time, event->tid, link->fd, event->call ? event->call : event->hook->call,
        event->hook->name, link->file, file->inode, file->device, whys[event->why], event->stack);
    write_text(out, event->thread);
    fputs("}\n", out);
}

static void write_sample(FILE *out, const struct sample *sample)
{
    fprintf(out, "{\"type\":\"sample\",\"ts\":%lu,\"tid\":%u,\"sample\":\"%s\",\"stack\":%u,\"thread\":", sample->time,
            sample->tid, whys[sample->why], sample->stack);
    write_text(out, sample->thread);
    fputs("}\n", out);
}

/* Of the innermost frame whose class the JVM has not loaded for itself. NULL: there is none; to be deallocated. */
static char *foreign_class(jvmtiEnv *ti, JNIEnv *env, const struct stack *stack)
{
    char *signature = NULL;
    for (uint32_t i = 0; stack && !signature && i < stack->java_count; i++) {
        jclass owner = NULL;
        jobject loader = NULL;
        if ((*ti)->GetMethodDeclaringClass(ti, stack->java[i].method, &owner))
            continue;
        (*ti)->GetClassLoader(ti, owner, &loader);
        if (loader)
            (*ti)->GetClassSignature(ti, owner, &signature, NULL);
        (*env)->DeleteLocalRef(env, loader);
        (*env)->DeleteLocalRef(env, owner);
    }
    return signature;
}

static void write_count(FILE *out, JNIEnv *env, const struct count *count)
{
    uint64_t from, to;
    bool java = count->stack != NO_JAVA && count->stack != NOT_KNOWN;
    char *signature = java ? foreign_class(jvmti(), env, stack_at(count->stack)) : NULL;
    span_times(count->span, &from, &to);
    fprintf(out, "{\"type\":\"closed\",\"from\":%lu,\"to\":%lu,\"files\":%u,\"code\":\"%s\",\"class\":", from, to,
            count->files,
            java                      ? "java"
            : count->stack == NO_JAVA ? "native"
                                      : "unknown");
    if (signature)
        write_class(out, signature);
    else
        fputs("null", out);
    fputs("}\n", out);
    (*jvmti())->Deallocate(jvmti(), (void *)signature);
}

/* What a dump is made of; nothing of it may be missing, or it would be taken for all that there is. */
struct material {
    struct copy records;
    struct sample *samples;
    size_t sample_count;
    bool *written; /* which stacks are */
};

static bool gather(struct material *from, uint64_t since)
{
    *from = (struct material){0};
    from->written = calloc(MAX_STACKS + 1, sizeof *from->written);
    return from->written && records_copy(since, &from->records) && samples_copy(&from->samples, &from->sample_count);
}

static void put_back(struct material *from)
{
    records_copied();
    free(from->written);
    free(from->samples);
    free(from->records.links);
    free(from->records.files);
    free(from->records.counts);
}

static void write_stack_once(FILE *out, JNIEnv *env, struct material *from, uint32_t stack)
{
    if (stack && !from->written[stack])
        write_stack(out, env, stack);
    from->written[stack] = true;
}

static void write_all(FILE *out, JNIEnv *env, struct material *from)
{
    const struct tally *tally = &from->records.tally;
    for (size_t i = 0; i < from->records.count; i++) {
        const struct link *link = &from->records.links[i];
        const struct file *file = &from->records.files[i];
        fprintf(out, "{\"type\":\"link\",\"fd\":%d,\"file\":\"%u\",\"closed\":", link->fd, link->file);
        fprintf(out, link->closed ? "%lu}\n" : "null}\n", link->closed);
        for (int kind = 0; kind < KINDS; kind++)
            if (file->events[kind].time) {
                write_stack_once(out, env, from, file->events[kind].stack);
                write_record(out, link, file, kind);
            }
    }
    for (size_t i = 0; i < from->sample_count; i++) {
        write_stack_once(out, env, from, from->samples[i].stack);
        write_sample(out, &from->samples[i]);
    }
    for (size_t i = 0; i < COUNTS; i++)
        if (from->records.counts->slots[i].files)
            write_count(out, env, &from->records.counts->slots[i]);
    fprintf(out, "{\"type\":\"end\",\"seen\":%lu,\"withJava\":%lu,\"lost\":%lu,\"noRoom\":%lu,\"closedSince\":%lu}\n",
            tally->events, tally->with_java, tally->lost, tally->no_room, tally->closed_since);
}

/* The file appears whole or not at all. Its descriptor is closed before the answer, so no checkpoint meets it. */
jint dump(JavaVM *vm, const char *path, uint64_t since)
{
    JNIEnv *env;
    char part[MAXPATHLEN];
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_6) != JNI_OK)
        return 1;
    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part || !enter(0))
        return 1;
    struct material material;
    FILE *out = gather(&material, since) ? fopen(part, "we") : NULL;
    if (out)
        write_all(out, env, &material);
    put_back(&material);
    bool failed = !out || ferror(out);
    if (out && fclose(out))
        failed = true;
    if (!failed && rename(part, path))
        failed = true;
    if (failed)
        remove(part);
    leave();
    return failed;
}
