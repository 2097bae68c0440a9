import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { localHost } from './local-host.js'
import { probesFolder } from './package-root.js'

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

/**
 * Ends process groups, one after the other, when this process ends or the program is killed: what it is about to bring back
 * goes from its own group to the app's, and is in nobody else's charge until then. One that ends by itself leaves nothing.
 */
export function guardGroups(program: ChildProcess, groups: number[]): void {
  const guard = localHost.run(join(probesFolder, 'guard'), ['--group', ...groups.map(String)])
  guard.ended.catch(() => undefined)
  program.once('exit', (code) => {
    if (code === null) guard.stdin.end()
    else guard.kill()
  })
}
