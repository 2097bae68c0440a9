import { spawn } from 'node:child_process'

/**
 * Starts a program of Node's that waits for this harness's end: its standard input ends with the harness, however that
 * comes. `dismiss` says that nothing is left to do, and `tell` what there is to know meanwhile, a line each.
 */
export function startGuardProcess(
  program: string,
  args: string[],
): { tell: (line: string) => void; dismiss: () => void } {
  // A session of its own: what ends the harness's whole group must not end the guard with it.
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  return {
    tell: (line) => void child.stdin.write(`${line}\n`),
    dismiss: () => void child.stdin.end('done\n'),
  }
}
