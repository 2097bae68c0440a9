/* What the calling thread is doing: its Java frames and the native frames below them. */
#pragma once
#include <jvmti.h>
#include <stdbool.h>
#include <stdint.h>

enum { JAVA_DEPTH = 256, NATIVE_DEPTH = 32 };

/* Why a stack has no Java frames. */
enum why { JAVA, BOOT, IN_VM, NOT_JAVA, NO_FRAMES, NO_ROOM };

struct capture {
    enum why why;
    uint32_t tid;
    uint64_t time;
    uint64_t device, inode; /* of the descriptor */
    bool gone;              /* it is closed already */
    bool recognised;        /* as one that is kept: what follows the hash is not to be told */
    uint64_t hash;
    jint java_count;
    uint32_t native_count;
    jvmtiFrameInfo java[JAVA_DEPTH];
    uintptr_t native[NATIVE_DEPTH];
};
void capture_stack(struct capture *capture, uintptr_t caller);
void capture_in_handler(struct capture *capture);
uint64_t hash_stack(struct capture *capture, uintptr_t caller); /* of its frames, which it keeps */
