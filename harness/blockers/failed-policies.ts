/** What to do where the action of a policy failed: that policy is never proposed again. */
export const FAILED_POLICY = {
  close:
    'A policy with action `close` is in force and could not close it. Most often it is closed already: a refused checkpoint ' +
    'does not reopen what its policies have closed. Restart the app after a refused checkpoint. Close it in one place only: leave ' +
    'out the policy for what the app closes itself, or use `ignore` where a file may stay as it is.',
  reopen:
    'A policy closed it for the checkpoint and could not open it again after the restore. Its exception says why: a file that is gone, ' +
    'a port that somebody else has. Use `ignore` where a file may stay as it is; else leave out the policy, close it in ' +
    'beforeCheckpoint of an org.crac.Resource and open it in afterRestore.',
  /** The JDK itself says that it can't, as of `Policy socket not implemented`. */
  socketReopen:
    'Policy `reopen` works for listening sockets only, from the builds of 2025 on. Use `close` and open the socket ' +
    'again in afterRestore.',
}

/** Whether the JDK says of a socket that it has no way to reopen it. */
export const isSocketReopen = (message: string): boolean =>
  ['Policy socket not implemented', 'Reopen not implemented on sockets'].includes(message)
