/* Which processes the tracer may observe for its user. */
#pragma once
#include <stdbool.h>

/*
 * A tracer that has its rights from its file (setcap) must not lend them: it observes processes of the user who runs it,
 * and nobody else's. One that runs with its user's own rights observes what these allow. False with errno, EPERM or ESRCH.
 */
bool may_observe(int pid);

/* Whether it has its rights from its file. */
bool is_restricted(void);
