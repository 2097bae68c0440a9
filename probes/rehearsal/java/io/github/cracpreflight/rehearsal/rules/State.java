package io.github.cracpreflight.rehearsal.rules;

/** What an owner is like at the moment of the checkpoint. */
public enum State {
    OPEN,
    /** A file that is an element of the class path, and that no policy names. */
    ON_CLASS_PATH,
    /** A jar that --patch-module names, and no policy. */
    PATCHES_MODULE,
    /** A policy says ignore. */
    IGNORED,
    /** A policy says close. */
    CLOSED_BY_POLICY,
    /** A policy says reopen. */
    REOPENED,
    /** A policy says reopen in other letters than small ones: it closes, but a socket's afterRestore does not know the word. */
    REOPEN_IN_OTHER_LETTERS,
    /** A policy says something that the JDK does not know. */
    UNKNOWN_ACTION,
    /** Looking for a policy throws. */
    POLICY_FAILS,
    /** A selector or watch service without keys. */
    IDLE,
    /** A selector or watch service with keys. */
    BUSY,
    /** A selector in which a virtual thread waits, and with keys that no select has taken over. */
    KEYS_WAIT,
    /** A channel that is closed, but a selector still holds its key and so its descriptor. */
    CLOSED_BUT_REGISTERED,
    /** A channel that is closed, and the selector lets go of it at the checkpoint. */
    CLOSED_AND_FLUSHED
}
