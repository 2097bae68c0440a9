#!/usr/bin/env node
/** What users start. It needs no other file, so that it can tell what prevents the others from being read. */
import('./main.js').catch((error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException
  const told =
    code === 'EMFILE'
      ? 'This process may not open as many files as it needs ("ulimit -n"). Allow 1024 or more, as "ulimit -n 1024" does, and start again.'
      : `It can't be started: ${message}. Install it again, or run "npm run build" in a checkout.`
  process.stderr.write(`crac-preflight: ${told}\n`)
  process.exitCode = 3
})
