/* Defines the classes of rehearsal.jar in the boot loader. The jar is read and closed again: a jar on the boot class path
 * would stay open, cost the application its share of the CDS archive, and make the JVM print a warning. */
#include "native/classes.h"
#include "native/agent.h"
#include "native/natives.h"
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { END_SIZE = 22, CENTRAL_SIZE = 46, LOCAL_SIZE = 30, MAX_CLASSES = 512, MAX_PASSES = 8 };
#define END_SIGNATURE 0x06054b50u
#define CENTRAL_SIGNATURE 0x02014b50u

typedef struct {
    const uint8_t *bytes;
    uint32_t size;
    const char *name;
    uint32_t name_length;
    int defined;
} class_file;

static uint32_t number(const uint8_t *at, int bytes)
{
    uint32_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return NULL;
    uint8_t *bytes = NULL;
    if (!fseek(file, 0, SEEK_END) && ftell(file) > 0) {
        *size = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*size);
        if (bytes && fread(bytes, 1, *size, file) != *size)
            free(bytes), bytes = NULL;
    }
    fclose(file);
    return bytes;
}

static int is_wanted(const char *name, uint32_t length, int with_javax)
{
    if (length < 6 || memcmp(name + length - 6, ".class", 6))
        return 0;
    return with_javax || memcmp(name, "javax/", 6);
}

/* Entries are stored, not compressed; -1 when this is no such jar. */
static int find_classes(const uint8_t *jar, size_t size, int with_javax, class_file *found)
{
    if (size < END_SIZE || number(jar + size - END_SIZE, 4) != END_SIGNATURE)
        return -1;
    uint32_t entries = number(jar + size - END_SIZE + 10, 2), at = number(jar + size - END_SIZE + 16, 4);
    int count = 0;
    for (uint32_t i = 0; i < entries; i++) {
        if ((size_t)at + CENTRAL_SIZE > size || number(jar + at, 4) != CENTRAL_SIGNATURE)
            return -1;
        uint32_t length = number(jar + at + 24, 4), name = number(jar + at + 28, 2), local = number(jar + at + 42, 4);
        if ((size_t)local + LOCAL_SIZE > size || (size_t)at + CENTRAL_SIZE + name > size)
            return -1;
        uint32_t data = local + LOCAL_SIZE + number(jar + local + 26, 2) + number(jar + local + 28, 2);
        if ((size_t)data + length > size || count == MAX_CLASSES)
            return -1;
        if (is_wanted((const char *)jar + at + CENTRAL_SIZE, name, with_javax)) {
            if (number(jar + at + 10, 2))
                return -1;
            found[count++] = (class_file){jar + data, length, (const char *)jar + at + CENTRAL_SIZE, name, 0};
        }
        at += CENTRAL_SIZE + name + number(jar + at + 30, 2) + number(jar + at + 32, 2);
    }
    return count;
}

/* A class whose superclass has not come yet fails, and is tried again after it. */
static int define_all(JNIEnv *env, class_file *classes, int count)
{
    int missing = 0;
    for (int i = 0; i < count; i++)
        missing += !classes[i].defined;
    for (int pass = 0; missing > 0 && pass < MAX_PASSES; pass++)
        for (int i = 0; i < count; i++) {
            if (classes[i].defined)
                continue;
            jclass defined =
                (*env)->DefineClass(env, NULL, NULL, (const jbyte *)classes[i].bytes, (jsize)classes[i].size);
            if (defined)
                (*env)->DeleteLocalRef(env, defined), classes[i].defined = 1, missing--;
            else if (pass + 1 == MAX_PASSES)
                (*env)->ExceptionDescribe(env);
            (*env)->ExceptionClear(env);
        }
    return missing ? -1 : 0;
}

/* What an application may find by name; the rest waits for the first rehearsal, so that a start costs next to nothing. */
static int is_api(const char *name, uint32_t length)
{
    static const char *const beginnings[] = {"jdk/crac/", "javax/crac/", JAVA_PACKAGE "notify/UserContext.class",
                                             JAVA_PACKAGE "notify/Registration.class"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (length >= strlen(beginnings[i]) && !memcmp(name, beginnings[i], strlen(beginnings[i])))
            return 1;
    return 0;
}

static class_file *rest;
static int rest_count;
static pthread_mutex_t completing = PTHREAD_MUTEX_INITIALIZER;

int define_api(JNIEnv *env, const char *jar_path, int with_javax)
{
    size_t size = 0;
    uint8_t *jar = read_file(jar_path, &size);
    rest = calloc(MAX_CLASSES, sizeof *rest);
    int count = jar && rest ? find_classes(jar, size, with_javax, rest) : -1, result = -1;
    for (int i = 0; i < count; i++)
        rest[i].defined = !is_api(rest[i].name, rest[i].name_length);
    if (count > 0)
        result = define_all(env, rest, count);
    for (int i = 0; i < count; i++)
        rest[i].defined = is_api(rest[i].name, rest[i].name_length);
    rest_count = result ? 0 : count;
    if (result)
        fprintf(stderr, "crac-preflight: can't use %s\n", jar_path);
    return result;
}

int complete_classes(JNIEnv *env)
{
    pthread_mutex_lock(&completing);
    int result = rest_count > 0 && (define_all(env, rest, rest_count) || register_natives(env)) ? -1 : 0;
    if (!result)
        rest_count = 0;
    pthread_mutex_unlock(&completing);
    return result;
}
