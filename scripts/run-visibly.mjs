/** What `npm test` and `npm run demo` share: set-up first, and commands whose output the user sees as it comes. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { root } from './setup/run.mjs'

const setupOptions = ['--without-ebpf']

/** The user's arguments that are not for the set-up. */
export function withoutSetupOptions(args) {
  return args.filter((arg) => !setupOptions.includes(arg))
}

/** Runs a command on this terminal and resolves to its exit code, 128 + n where a signal ended it. */
export async function runVisibly(command, args, env = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  // Ctrl-C reaches the child as well; waiting for it lets it clean up.
  const pass = (signal) => child.kill(signal)
  const ignore = () => {}
  process.on('SIGINT', ignore).on('SIGTERM', pass)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
    })
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', pass)
  }
}

/** Does the set-up for a goal; where it fails, its own message and exit code are the end. */
export async function setUp(goal, args) {
  const options = args.filter((arg) => setupOptions.includes(arg))
  const status = await runVisibly(process.execPath, [join('scripts', 'setup.mjs'), goal, ...options])
  if (status !== 0) process.exit(status)
}
