/* Hooks for a JVM that runs already. */
#pragma once
#include <stdbool.h>

bool late_begin(void);  /* false where no library's calls could be led through the hooks */
void late_follow(void); /* libraries may have been loaded since */
void late_end(void);
