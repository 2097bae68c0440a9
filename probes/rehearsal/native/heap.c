// Finds live objects and loaded classes; never initialises a class, as some initialisers open descriptors.
#include "rehearsal.h"
#include <string.h>

enum { TAG_OF_CLASS = 1, TAG_OF_OBJECT = 2 };

static jint JNICALL tag_object(jlong class_tag, jlong size, jlong *tag, jint length, void *user) {
    (void)class_tag, (void)size, (void)length, (void)user;
    if (*tag == 0) *tag = TAG_OF_OBJECT;
    return 0;
}

// A reference to every loaded class: the frame asks for as many as HotSpot grants at most, and gives them back at once.
enum { MANY_REFERENCES = 65536 };

static jobjectArray to_array(JNIEnv *env, const char *element, jobject *objects, jint count) {
    jclass type = (*env)->FindClass(env, element);
    jobjectArray array = type ? (*env)->NewObjectArray(env, count, type, NULL) : NULL;
    for (jint i = 0; array && i < count; i++) (*env)->SetObjectArrayElement(env, array, i, objects[i]);
    return array;
}

static void tag_subclasses(JNIEnv *env, jobjectArray roots, jclass *classes, jint count) {
    jsize roots_count = (*env)->GetArrayLength(env, roots);
    for (jsize r = 0; r < roots_count; r++) {
        jclass root = (*env)->GetObjectArrayElement(env, roots, r);
        for (jint i = 0; i < count; i++)
            if ((*env)->IsAssignableFrom(env, classes[i], root)) (*ti)->SetTag(ti, classes[i], TAG_OF_CLASS);
    }
}

jobjectArray live_instances(JNIEnv *env, jobjectArray roots) {
    jint classes_count = 0, count = 0;
    jclass *classes = NULL;
    jobject *objects = NULL;
    if ((*env)->PushLocalFrame(env, MANY_REFERENCES)) return NULL;
    if ((*ti)->GetLoadedClasses(ti, &classes_count, &classes)) return (*env)->PopLocalFrame(env, NULL);
    tag_subclasses(env, roots, classes, classes_count);
    jvmtiHeapCallbacks callbacks = { .heap_iteration_callback = tag_object };
    (*ti)->IterateThroughHeap(ti, JVMTI_HEAP_FILTER_CLASS_UNTAGGED, NULL, &callbacks, NULL);
    jlong wanted = TAG_OF_OBJECT;
    (*ti)->GetObjectsWithTags(ti, 1, &wanted, &count, &objects, NULL);
    for (jint i = 0; i < count; i++) (*ti)->SetTag(ti, objects[i], 0);
    for (jint i = 0; i < classes_count; i++) (*ti)->SetTag(ti, classes[i], 0);
    jobjectArray array = to_array(env, "java/lang/Object", objects, count);
    (*ti)->Deallocate(ti, (unsigned char *)objects);
    (*ti)->Deallocate(ti, (unsigned char *)classes);
    return (*env)->PopLocalFrame(env, array);
}

jobjectArray loaded_classes(JNIEnv *env, const char *signature) {
    jint count = 0, found = 0;
    jclass *classes = NULL;
    if ((*env)->PushLocalFrame(env, MANY_REFERENCES)) return NULL;
    if ((*ti)->GetLoadedClasses(ti, &count, &classes)) return (*env)->PopLocalFrame(env, NULL);
    for (jint i = 0; i < count; i++) {
        char *name = NULL;
        int same = !(*ti)->GetClassSignature(ti, classes[i], &name, NULL) && !strcmp(name, signature);
        (*ti)->Deallocate(ti, (unsigned char *)name);
        if (same) classes[found++] = classes[i];
    }
    jobjectArray array = to_array(env, "java/lang/Class", (jobject *)classes, found);
    (*ti)->Deallocate(ti, (unsigned char *)classes);
    return (*env)->PopLocalFrame(env, array);
}
