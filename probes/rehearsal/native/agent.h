/* The agent's life, and what is asked of its Java half. */
#pragma once
#include <jvmti.h>
#include <stddef.h>

#define JAVA_PACKAGE "io/github/cracpreflight/rehearsal/"

extern jvmtiEnv *ti;

/* The table of open descriptors at the agent's start; NULL when the agent came late. */
extern char *start_descriptors;
extern size_t start_descriptors_size;

/* The options the agent was started with; "" after a late attach. */
extern char start_options[];

/* The answer to the diagnostic command JDK.checkpoint as the attach protocol carries it, to be freed by the caller. */
char *checkpoint_text(JNIEnv *env, const char *arguments, size_t *size);
