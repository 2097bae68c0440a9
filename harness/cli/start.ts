#!/usr/bin/env node
/** What users start. It needs no other file, so that it can tell what prevents the others from being read. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `crac-preflight: Node ${process.versions.node} is too old: Node 20.19 or later is needed. Start it with a newer one.\n`,
  )
  process.exitCode = 3
} else
  import('./main.js').catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException
    const told =
      code === 'EMFILE'
        ? 'This process may not open as many files as it needs ("ulimit -n"). Allow 1024 or more, as "ulimit -n 1024" does, and start again.'
        : `It can't be started: ${message}. Install it again, or run "npm run build" in a checkout.`
    process.stderr.write(`crac-preflight: ${told}\n`)
    process.exitCode = 3
  })
