/* Lets `jcmd PID JDK.checkpoint` work on a stock JDK. HotSpot takes no new diagnostic command, so this stands before the
 * JVM's attach socket: a socket of our own is renamed over /tmp/.java_pidN, and the JVM's stays reachable under a second
 * name. JDK.checkpoint is answered here; every other request goes to the JVM, byte for byte. */
#define _GNU_SOURCE
#include "native/jcmd/jcmd.h"
#include "native/agent.h"
#include "native/jcmd/attach-request.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAIT_FOR_LISTENER_MS = 2000, POLL_MS = 10, BACKLOG = 5 };

static JavaVM *vm;
static struct sockaddr_un public_name = {AF_UNIX, ""}, jvms_name = {AF_UNIX, ""};

/* HotSpot's own rule: the user of the JVM, or root. */
static int may_ask(int client)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size))
        return 0;
    return peer.uid == 0 || (peer.uid == geteuid() && peer.gid == getegid());
}

static int send_all(int to, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(to, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return -1;
        bytes += sent, size -= (size_t)sent;
    }
    return 0;
}

/* Ends when the JVM has said everything, or the client is gone. */
static void relay(int client, int jvm)
{
    struct pollfd ends[2] = {{client, POLLIN, 0}, {jvm, POLLIN, 0}};
    char bytes[8192];
    while (poll(ends, 2, -1) > 0)
        for (int i = 0; i < 2; i++) {
            if (!ends[i].revents)
                continue;
            ssize_t size = read(ends[i].fd, bytes, sizeof bytes);
            if (size <= 0 && i == 1)
                return;
            if (size <= 0)
                shutdown(jvm, SHUT_WR), ends[0].fd = -1;
            else if (send_all(i == 0 ? jvm : client, bytes, (size_t)size))
                return;
        }
}

static void pass_on(int client, const attach_request *request)
{
    int jvm = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (jvm < 0)
        return;
    if (!connect(jvm, (struct sockaddr *)&jvms_name, sizeof jvms_name) && !send_all(jvm, request->bytes, request->size))
        relay(client, jvm);
    close(jvm);
}

/* The thread belongs to the JVM for this long only: at its end the JVM waits for Java threads that sit in native code. */
static void answer(int client, const char *arguments)
{
    JNIEnv *env;
    JavaVMAttachArgs name = {JNI_VERSION_10, "crac-preflight jcmd", NULL};
    if ((*vm)->AttachCurrentThreadAsDaemon(vm, (void **)&env, &name))
        return;
    size_t size = 0;
    char *text = checkpoint_text(env, arguments, &size);
    (*vm)->DetachCurrentThread(vm);
    static const char broken[] = "-1\nThe rehearsal failed; the application's stderr says why.\n";
    if (text)
        send_all(client, text, size);
    else
        send_all(client, broken, sizeof broken - 1);
    free(text);
}

/* Each has a thread of its own, so that a checkpoint whose callback hangs can be looked at with Thread.print. */
static void *serve(void *argument)
{
    int client = (int)(intptr_t)argument;
    attach_request request;
    if (may_ask(client) && read_attach_request(client, &request) == 0) {
        const char *arguments = arguments_of(&request, "JDK.checkpoint");
        if (arguments)
            answer(client, arguments);
        else
            pass_on(client, &request);
    }
    shutdown(client, SHUT_RDWR);
    close(client);
    return NULL;
}

static int start_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    sigset_t all, before;
    /* The JVM's signals are for the JVM's threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed || pthread_detach(thread) ? -1 : 0;
}

static void remove_names(void)
{
    unlink(jvms_name.sun_path);
    unlink(public_name.sun_path);
}

static int is_our_socket(const char *path)
{
    struct stat status;
    return !lstat(path, &status) && S_ISSOCK(status.st_mode) && status.st_uid == geteuid();
}

/* Returns the listening socket that now has the JVM's name, or -1. */
static int take_name(void)
{
    struct sockaddr_un temporary = {AF_UNIX, ""};
    snprintf(public_name.sun_path, sizeof public_name.sun_path, "/tmp/.java_pid%d", getpid());
    snprintf(jvms_name.sun_path, sizeof jvms_name.sun_path, "/tmp/.java_pid%d.jvm", getpid());
    snprintf(temporary.sun_path, sizeof temporary.sun_path, "/tmp/.java_pid%d.rehearsal", getpid());
    for (int waited = 0; !is_our_socket(public_name.sun_path); waited += POLL_MS) {
        if (waited >= WAIT_FOR_LISTENER_MS) {
            fprintf(stderr, "crac-preflight: JDK.checkpoint is not there: the JVM has no attach socket; add "
                            "-XX:+StartAttachListener\n");
            return -1;
        }
        usleep(POLL_MS * 1000);
    }
    unlink(jvms_name.sun_path);
    unlink(temporary.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener >= 0 && !bind(listener, (struct sockaddr *)&temporary, sizeof temporary) &&
        !chmod(temporary.sun_path, 0600) && !listen(listener, BACKLOG) &&
        !link(public_name.sun_path, jvms_name.sun_path) && !rename(temporary.sun_path, public_name.sun_path)) {
        atexit(remove_names);
        return listener;
    }
    perror("crac-preflight: JDK.checkpoint is not there: can't take the JVM's attach socket");
    unlink(temporary.sun_path);
    if (listener >= 0)
        close(listener);
    return -1;
}

static void *listen_for_ever(void *unused)
{
    (void)unused;
    int listener = take_name();
    while (listener >= 0) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            usleep(POLL_MS * 1000);
        else if (start_thread(serve, (void *)(intptr_t)client))
            close(client);
    }
    return NULL;
}

void answer_jcmd(JavaVM *java_vm)
{
    vm = java_vm;
    start_thread(listen_for_ever, NULL);
}
