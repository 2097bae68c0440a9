/* Finds live objects and loaded classes; never initialises a class, as some initialisers open descriptors. */
#include "native/heap/heap.h"
#include "native/agent.h"
#include "native/heap/fields.h"
#include <stdlib.h>
#include <string.h>

/* Tags of classes start after those of objects: the tag of a class that is looked for leads to its filter. */
enum { TAG_OF_OBJECT = 1, FIRST_CLASS_TAG = 2 };

/* An object whose field has this value is closed: a busy application leaves a hundred thousand of them, and each one
 * that is left out here costs nothing later. */
typedef struct {
    jint field, value;
} filter;
enum { NO_FIELD = -1, MANY_ROOTS = 64 };

static jint JNICALL tag_object(jlong class_tag, jlong size, jlong *tag, jint length, void *user)
{
    (void)class_tag, (void)size, (void)length, (void)user;
    if (*tag == 0)
        *tag = TAG_OF_OBJECT;
    return 0;
}

static jint JNICALL leave_out(jvmtiHeapReferenceKind kind, const jvmtiHeapReferenceInfo *info, jlong class_tag,
                              jlong *tag, jvalue value, jvmtiPrimitiveType type, void *user)
{
    if (kind != JVMTI_HEAP_REFERENCE_FIELD || *tag != TAG_OF_OBJECT)
        return 0;
    const filter *of_class = (const filter *)user + (class_tag - FIRST_CLASS_TAG);
    if (info->field.index == of_class->field &&
        (type == JVMTI_PRIMITIVE_TYPE_BOOLEAN ? value.z : value.i) == of_class->value)
        *tag = 0;
    return 0;
}

/* A reference to every loaded class: the frame asks for as many as HotSpot grants at most, and gives them back at once. */
enum { MANY_REFERENCES = 65536 };

static jobjectArray to_array(JNIEnv *env, const char *element, jobject *objects, jint count)
{
    jclass type = (*env)->FindClass(env, element);
    jobjectArray array = type ? (*env)->NewObjectArray(env, count, type, NULL) : NULL;
    for (jint i = 0; array && i < count; i++)
        (*env)->SetObjectArrayElement(env, array, i, objects[i]);
    return array;
}

static int is_below_one_of(JNIEnv *env, jclass type, const jclass *roots, jsize count)
{
    for (jsize i = 0; i < count; i++)
        if ((*env)->IsAssignableFrom(env, type, roots[i]))
            return 1;
    return 0;
}

/* The first closing field that the class has decides. */
static filter filter_of(JNIEnv *env, jclass type, const closing_fields *closing)
{
    for (jsize i = 0; i < closing->count; i++) {
        jclass holder = (*env)->GetObjectArrayElement(env, closing->classes, i);
        jstring name = (*env)->GetObjectArrayElement(env, closing->names, i);
        jint field = (*env)->IsAssignableFrom(env, type, holder) ? field_index(env, type, holder, name) : NO_FIELD;
        (*env)->DeleteLocalRef(env, holder);
        (*env)->DeleteLocalRef(env, name);
        if (field == NO_FIELD)
            continue;
        filter found = {field, 0};
        (*env)->GetIntArrayRegion(env, closing->values, i, 1, &found.value);
        return found;
    }
    return (filter){NO_FIELD, 0};
}

/* Tags the classes that are looked for, and returns the filter of each by its tag; NULL where one can't be tagged. */
static filter *tag_classes(JNIEnv *env, jvmtiEnv *own, jobjectArray roots, const closing_fields *closing)
{
    jclass root[MANY_ROOTS], *classes = NULL;
    jint count = 0;
    jsize roots_count = (*env)->GetArrayLength(env, roots);
    if (roots_count > MANY_ROOTS || (*own)->GetLoadedClasses(own, &count, &classes))
        return NULL;
    for (jsize i = 0; i < roots_count; i++)
        root[i] = (*env)->GetObjectArrayElement(env, roots, i);
    filter *filters = calloc((size_t)count + 1, sizeof *filters);
    jlong tag = FIRST_CLASS_TAG;
    for (jint i = 0; filters && i < count; i++) {
        if (!is_below_one_of(env, classes[i], root, roots_count))
            continue;
        filters[tag - FIRST_CLASS_TAG] = filter_of(env, classes[i], closing);
        if ((*own)->SetTag(own, classes[i], tag++)) {
            free(filters);
            filters = NULL;
        }
    }
    (*own)->Deallocate(own, (unsigned char *)classes);
    return filters;
}

static jobjectArray walk(JNIEnv *env, jvmtiEnv *own, jobjectArray roots, const closing_fields *closing)
{
    filter *filters = tag_classes(env, own, roots, closing);
    if (!filters)
        return NULL;
    jint count = 0;
    jobject *objects = NULL;
    jvmtiHeapCallbacks callbacks = {.heap_iteration_callback = tag_object, .primitive_field_callback = leave_out};
    jlong wanted = TAG_OF_OBJECT;
    /* A part of the objects would look like all of them. */
    int whole = !(*own)->IterateThroughHeap(own, JVMTI_HEAP_FILTER_CLASS_UNTAGGED, NULL, &callbacks, filters) &&
                !(*own)->GetObjectsWithTags(own, 1, &wanted, &count, &objects, NULL);
    jobjectArray array = whole ? to_array(env, "java/lang/Object", objects, count) : NULL;
    (*own)->Deallocate(own, (unsigned char *)objects);
    free(filters);
    return array;
}

/* In an environment of its own: every tag goes with it. */
jobjectArray live_instances(JNIEnv *env, jobjectArray roots, const closing_fields *closing)
{
    jvmtiEnv *own;
    JavaVM *vm;
    jvmtiCapabilities needed = {.can_tag_objects = 1};
    if ((*env)->GetJavaVM(env, &vm) || (*vm)->GetEnv(vm, (void **)&own, JVMTI_VERSION_11))
        return NULL;
    jobjectArray array = NULL;
    if (!(*own)->AddCapabilities(own, &needed) && !(*env)->PushLocalFrame(env, MANY_REFERENCES))
        array = (*env)->PopLocalFrame(env, walk(env, own, roots, closing));
    (*own)->DisposeEnvironment(own);
    return array;
}

jobjectArray loaded_classes(JNIEnv *env, const char *signature)
{
    jint count = 0, found = 0;
    jclass *classes = NULL;
    if ((*env)->PushLocalFrame(env, MANY_REFERENCES))
        return NULL;
    if ((*ti)->GetLoadedClasses(ti, &count, &classes))
        return (*env)->PopLocalFrame(env, NULL);
    for (jint i = 0; i < count; i++) {
        char *name = NULL;
        int same = !*signature || (!(*ti)->GetClassSignature(ti, classes[i], &name, NULL) && !strcmp(name, signature));
        (*ti)->Deallocate(ti, (unsigned char *)name);
        if (same)
            classes[found++] = classes[i];
    }
    jobjectArray array = to_array(env, "java/lang/Class", (jobject *)classes, found);
    (*ti)->Deallocate(ti, (unsigned char *)classes);
    return (*env)->PopLocalFrame(env, array);
}

jobjectArray java_threads_now(JNIEnv *env)
{
    jint count = 0;
    jthread *threads = NULL;
    if ((*env)->PushLocalFrame(env, MANY_REFERENCES))
        return NULL;
    if ((*ti)->GetAllThreads(ti, &count, &threads))
        return (*env)->PopLocalFrame(env, NULL);
    jobjectArray array = to_array(env, "java/lang/Thread", threads, count);
    (*ti)->Deallocate(ti, (unsigned char *)threads);
    return (*env)->PopLocalFrame(env, array);
}
