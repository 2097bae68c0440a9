/* A mark on an open file, by which it is known again where number and inode may have been used anew.
 *
 * An open file remembers who gets its SIGIO. Nobody has asked for that signal where the flag O_ASYNC is missing, so the
 * agent's own thread can stand there for a moment, and nobody else can have put it there. Duplicates share the mark. */
#define _GNU_SOURCE
#include "native/process/marks.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARKED = 1, UNMARKABLE = 0, GONE = -1 };

static int has_mark(int fd)
{
    struct f_owner_ex owner;
    return fcntl(fd, F_GETOWN_EX, &owner) == 0 && owner.type == F_OWNER_TID && owner.pid == gettid();
}

/* Whether the file must not have it: somebody waits for its signals, or it is a path without a file (O_PATH). */
static int is_taken(int fd)
{
    struct f_owner_ex owner = {F_OWNER_TID, 0};
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return 0;
    return (flags & (O_PATH | O_ASYNC)) || (fcntl(fd, F_GETOWN_EX, &owner) == 0 && owner.pid != 0 && !has_mark(fd));
}

static int has_inode(int fd, jlong device, jlong inode)
{
    struct stat status;
    return !fstat(fd, &status) && (jlong)status.st_dev == device && (jlong)status.st_ino == inode;
}

/* Between two calls the number may get another open file: what is not certain counts as gone. */
jint JNICALL mark(JNIEnv *env, jclass self, jint fd, jlong device, jlong inode)
{
    (void)env, (void)self;
    struct f_owner_ex ours = {F_OWNER_TID, gettid()};
    if (!has_mark(fd) && !is_taken(fd))
        fcntl(fd, F_SETOWN_EX, &ours);
    if (!has_inode(fd, device, inode))
        return GONE;
    if (has_mark(fd))
        return MARKED;
    return is_taken(fd) ? UNMARKABLE : GONE;
}

jboolean JNICALL leads_to(JNIEnv *env, jclass self, jint fd, jlong device, jlong inode)
{
    (void)env, (void)self;
    return (jboolean)has_inode(fd, device, inode);
}

jboolean JNICALL is_marked(JNIEnv *env, jclass self, jint fd)
{
    (void)env, (void)self;
    return (jboolean)has_mark(fd);
}

void JNICALL unmark(JNIEnv *env, jclass self, jint fd)
{
    (void)env, (void)self;
    if (has_mark(fd))
        fcntl(fd, F_SETOWN, 0);
}
