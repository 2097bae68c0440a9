#pragma once

/*
 * The command in a file, words with a NUL after each: first those of its environment that are new (`NAME=VALUE`), an
 * empty one, and the command. NULL with errno where it can't be read or holds no command.
 */
char **told_in(const char *path);
