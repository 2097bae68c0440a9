import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageRoot, probesFolder } from '../../harness/host/package-root.js'

export const fdtrace = join(probesFolder, 'fdtrace')
export const gate = join(probesFolder, 'gate')

/** A folder that is gone when the test file is through. */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'probes-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Compiles one of `fixtures-src` with the machine's own C compiler. */
export function compile(name: string, folder: string, flags: string[] = []): string {
  const binary = join(folder, name)
  const source = join(packageRoot, 'test/probes/fixtures-src', `${name}.c`)
  const run = spawnSync('cc', ['-O1', ...flags, '-o', binary, source, '-lpthread'], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`cc ${source}: ${run.error?.message ?? run.stderr}`)
  return binary
}

/** The BPF programs that a process holds, by the kernel's numbers. */
export function programsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/fdinfo`)
    .map((fd) => /^prog_id:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1])
    .flatMap((id) => (id === undefined ? [] : [Number(id)]))
}

/** Whether the kernel still has one of these BPF programs, held by whomever. */
export function areLoaded(programs: number[]): boolean {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`
  const run = spawnSync('bpftool', ['--json', 'prog'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  })
  if (run.status !== 0) throw new Error(`bpftool prog: ${run.error?.message ?? run.stderr}`)
  return (JSON.parse(run.stdout) as { id: number }[]).some(({ id }) => programs.includes(id))
}

/** Waits for something that must become true soon. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1500; i++) {
    if (isSo()) return
    await sleep(10)
  }
  throw new Error(`not within 15 s: ${what}`)
}

/** A program held by the gate. */
export interface Held {
  pid: number
  child: ChildProcess
  /** What it was born with. */
  inherited: number[]
  output: () => string
  release: () => void
  end: () => Promise<void>
}

export async function hold(
  command: string[],
  folder: string,
  flags: string[] = ['--die-with-parent'],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Held> {
  const child = spawn(gate, [...flags, '--', ...command], {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const { pid } = child
  if (pid === undefined) throw new Error(`${gate} can't be started`)
  await until('the gate waits', () => isHeld(pid))
  return {
    pid,
    child,
    inherited: descriptors(pid),
    output: () => output,
    release: () => process.kill(pid, 'SIGCONT'),
    end: async () => {
      child.stdin.end()
      if (child.exitCode === null && child.signalCode === null) {
        const kill = setTimeout(() => child.kill('SIGKILL'), 5000)
        await once(child, 'exit')
        clearTimeout(kill)
      }
    },
  }
}

/** The numbers of a process's open descriptors, in order. */
function descriptors(pid: number): number[] {
  return readdirSync(`/proc/${pid}/fd`)
    .map(Number)
    .sort((a, b) => a - b)
}

/** The gate has its handler for SIGCONT: a release can't be lost. */
export function isHeld(pid: number): boolean {
  const caught = /^SigCgt:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${caught}`) & 0x20000n) !== 0n
}
