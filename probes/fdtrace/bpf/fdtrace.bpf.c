/* Remembers who created every open file of the traced processes, whatever the system call: the slab tracepoint tells
 * that a thread allocates a struct file, the exit of its system call tells that it got one, and a signal sent right
 * there makes the thread sample its own stack. README.md tells why exactly these hooks.
 * The licence string is the kernel's condition for its GPL-only helpers; the project itself is under Apache-2.0. */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "fdtrace.h"
#include "task.bpf.h"
#include "records.bpf.h"
#include "events.bpf.h"
#include "raw.bpf.h"
#include "classic.bpf.h"
#include "marks.bpf.h"
#include "functions.bpf.h"
#include "snapshot.bpf.h"
#include "walk.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
