/* Which number JVMTI gives to a field when it walks the heap: first the fields of all superinterfaces, then those of the
 * classes from the top down (JVM Tool Interface, jvmtiHeapReferenceInfoField). */
#include "native/heap/fields.h"
#include "native/agent.h"
#include <string.h>

enum { MANY_INTERFACES = 256, DEEPEST = 64, NOT_FOUND = -1 };

typedef struct {
    jclass types[MANY_INTERFACES];
    int count;
} interface_set;

static jint count_fields(jclass type)
{
    jint count = 0;
    jfieldID *fields = NULL;
    if ((*ti)->GetClassFields(ti, type, &count, &fields))
        return 0;
    (*ti)->Deallocate(ti, (unsigned char *)fields);
    return count;
}

static void add_interfaces(JNIEnv *env, jclass type, interface_set *set)
{
    jint count = 0;
    jclass *interfaces = NULL;
    if ((*ti)->GetImplementedInterfaces(ti, type, &count, &interfaces))
        return;
    for (jint i = 0; i < count; i++) {
        int known = set->count == MANY_INTERFACES;
        for (int k = 0; k < set->count && !known; k++)
            known = (*env)->IsSameObject(env, set->types[k], interfaces[i]);
        if (known)
            continue;
        set->types[set->count++] = interfaces[i];
        add_interfaces(env, interfaces[i], set);
    }
    (*ti)->Deallocate(ti, (unsigned char *)interfaces);
}

static jint position(jclass holder, const char *wanted)
{
    jint count = 0, found = NOT_FOUND;
    jfieldID *fields = NULL;
    if ((*ti)->GetClassFields(ti, holder, &count, &fields))
        return NOT_FOUND;
    for (jint i = 0; i < count && found == NOT_FOUND; i++) {
        char *name = NULL;
        if (!(*ti)->GetFieldName(ti, holder, fields[i], &name, NULL, NULL) && !strcmp(name, wanted))
            found = i;
        (*ti)->Deallocate(ti, (unsigned char *)name);
    }
    (*ti)->Deallocate(ti, (unsigned char *)fields);
    return found;
}

jint field_index(JNIEnv *env, jclass type, jclass holder, jstring name)
{
    const char *wanted = (*env)->GetStringUTFChars(env, name, NULL);
    jint status = 0;
    if (!wanted || (*env)->PushLocalFrame(env, MANY_INTERFACES + DEEPEST))
        return NOT_FOUND;
    (*ti)->GetClassStatus(ti, type, &status);
    jint index = status & JVMTI_CLASS_STATUS_PREPARED ? position(holder, wanted) : NOT_FOUND;
    if (index != NOT_FOUND) {
        interface_set interfaces = {.count = 0};
        for (jclass at = type; at; at = (*env)->GetSuperclass(env, at)) {
            add_interfaces(env, at, &interfaces);
            if (!(*env)->IsSameObject(env, at, holder) && (*env)->IsAssignableFrom(env, holder, at))
                index += count_fields(at);
        }
        for (int i = 0; i < interfaces.count; i++)
            index += count_fields(interfaces.types[i]);
    }
    (*env)->PopLocalFrame(env, NULL);
    (*env)->ReleaseStringUTFChars(env, name, wanted);
    return index;
}
