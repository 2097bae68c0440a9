import { execFile, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'

export const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')

export interface Result {
  code: number
  stdout: string
  stderr: string
}

/** Runs the command line as users do; `through` is a program that starts it with other rights. */
export function run(
  args: string[],
  {
    through = [],
    env = {},
    onStart,
    timeoutMs = 60_000,
  }: {
    through?: string[]
    env?: Record<string, string>
    onStart?: (child: ChildProcess) => void
    timeoutMs?: number
  } = {},
): Promise<Result> {
  const [program = process.execPath, ...rest] = [...through, process.execPath, cli, ...args]
  return new Promise((resolve) => {
    const child = execFile(
      program,
      rest,
      { env: { ...process.env, ...env }, timeout: timeoutMs, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
      },
    )
    child.stdin?.end()
    onStart?.(child)
  })
}
