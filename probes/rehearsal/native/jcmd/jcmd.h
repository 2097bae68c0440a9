/* JDK.checkpoint as a diagnostic command of a JVM that has none. */
#pragma once
#include <jni.h>

/* Answers it to every jcmd from now on. Needs -XX:+StartAttachListener. */
void answer_jcmd(JavaVM *vm);
