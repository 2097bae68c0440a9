/* What several probes and the harness call by the same name. */
#pragma once

/* What is remembered of each file: the newest event of each kind. */
enum kind { K_OPEN, K_DUP, K_BIND, K_LISTEN, K_CONNECT, KINDS };
#define KIND_WORDS                                 \
    {                                              \
        "open", "dup", "bind", "listen", "connect" \
    }

/* prctl(ANNOUNCE, offset, signal): the preloaded library of a process that is traced without samples tells where, from
 * the thread pointer on, each thread says that it takes its stack itself; the signal is for all other events. It is no
 * prctl of any kernel. */
enum { ANNOUNCE = 0x66647072 };
