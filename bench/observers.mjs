/** The ways to watch a program that are compared: ours, and what people reach for otherwise. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { javaHome } from '../scripts/setup/run.mjs'
import { children, peak } from './resident.mjs'

const { holdProcess } = await import('../dist/harness/app/process.js')
const { untilReady } = await import('../dist/harness/app/ready.js')
const { loadAgent } = await import('../dist/harness/jvm/attach.js')
const { prepareLedger } = await import('../dist/harness/ledger/ledger.js')
const { describe } = await import('../dist/harness/model/target.js')

const java = join(javaHome(), 'bin', 'java')

/** What the kernel counts a second in, for processor time. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Processor time of all threads of a process so far, in milliseconds: on a busy machine it says more than the clock. */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS
}

/** From the release of the command until it prints what it is to print; `then` looks at it before it is ended. */
async function timed({ folder, workload, command, env, observe, then }) {
  const held = await holdProcess({ command, cwd: folder, env, logFile: join(folder, 'app.log') })
  await observe?.(held.pid)
  const begin = performance.now()
  const app = await held.release()
  try {
    await untilReady(app, { log: workload.ready }, AbortSignal.timeout(300_000))
    const ms = performance.now() - begin
    return { ms, cpu: processorTime(app.pid), seen: await then?.(app) }
  } finally {
    await app.stop()
  }
}

const ours = (mode, options) => ({
  run: async (folder, workload) => {
    const prepared = await prepareLedger(mode, options)
    const plan = await prepared.launches(null, folder)
    const needs = plan.needs(process.env.LD_PRELOAD)
    let ledger
    try {
      return await timed({
        folder,
        workload,
        command: [java, ...needs.jvmOptions, ...(await workload.args(folder))],
        env: { ...process.env, ...needs.environment },
        observe: async (pid) => (ledger = await plan.launched(pid)),
        then: async ({ pid }) => {
          if (workload.sees === undefined) return workload.then?.({ pid })
          const load = (library, text) => loadAgent(pid, library, text)
          const begin = process.cpuUsage()
          const started = performance.now()
          const quiet = await ledger.quiet(load)
          const { entries } = await quiet.read(await ledger.capture(pid))
          const files = entries.filter(({ target }) => describe(target) === workload.sees.file)
          const { user, system } = process.cpuUsage(begin)
          return {
            read: { ms: performance.now() - started, cpu: (user + system) / 1000 },
            resident: { app: peak(pid), tracer: Math.max(0, ...children('fdtrace').map(peak)) },
            records: files.filter(({ origin }) => origin !== null).length,
            java: files.filter(({ origin }) =>
              origin?.java.some((frame) => `${frame.class}.${frame.method}` === workload.sees.method),
            ).length,
          }
        },
      })
    } finally {
      await (ledger ?? prepared).stop()
    }
  },
})

/** A tool that runs the command and writes what it sees, an event with its stack at a time. */
const other = (tool, prefix, eventsOf) => ({
  tool,
  run: async (folder, workload) => {
    const file = join(folder, 'seen.txt')
    const command = prefix(file, [java, ...(await workload.args(folder))])
    // Such a tool forwards no signal: the program that it has started must be ended first.
    const then = ({ pid }) => spawnSync('pkill', ['-KILL', '-P', `${pid}`])
    const { ms, cpu } = await timed({ folder, workload, command, env: process.env, then })
    if (workload.sees === undefined) return { ms, cpu }
    // strace writes a file for each thread, so that no call is told in two pieces.
    const written = readdirSync(folder).filter((name) => name.startsWith('seen.txt'))
    const text = written.map((name) => readFileSync(join(folder, name), 'utf8')).join('')
    const events = eventsOf(text, workload.sees.file)
    return {
      ms,
      seen: {
        records: events.length,
        java: events.filter((text) => text.includes(workload.sees.method)).length,
      },
    }
  },
})

/** Lines of strace, each with the stack below it. */
const straceEvents = (text, file) =>
  text.split(/^(?=\w+\()/m).filter((event) => event.includes(`"${file}"`) && / = \d+/.test(event))

const CALLS =
  'trace=open,openat,openat2,creat,socket,socketpair,accept,accept4,pipe,pipe2,dup,dup2,dup3,epoll_create,epoll_create1,eventfd2,inotify_init1,memfd_create,close'
const strace = (...options) =>
  other(
    'strace',
    (file, command) => ['strace', '-ff', '-qq', '-e', CALLS, ...options, '-o', file, '--', ...command],
    straceEvents,
  )

const SCRIPT = `tracepoint:syscalls:sys_enter_openat /comm == "java"/ { @file[tid] = str(args->filename) }
tracepoint:syscalls:sys_exit_openat /@file[tid] != ""/ { printf("EVENT %d %s\\n%s\\n", args->ret, @file[tid], ustack); delete(@file[tid]) }`
const bpftrace = other(
  'bpftrace',
  (file, command) => ['bpftrace', '-o', file, '-e', SCRIPT, '-c', command.join(' ')],
  (text, wanted) => text.split(/^EVENT /m).filter((event) => new RegExp(`^\\d+ ${wanted}$`, 'm').test(event)),
)

export const observers = {
  none: ours('none'),
  ebpf: ours('ebpf'),
  profiler: ours('ebpf', { profiler: true }),
  preload: ours('preload'),
  both: ours('both'),
  strace: strace(),
  'strace-k': strace('-k', '--seccomp-bpf'),
  bpftrace,
}

/** Why a tool can't run here; null where it can. */
export function missing({ tool }) {
  if (tool === undefined) return null
  if (tool === 'bpftrace' && !existsSync('/sys/kernel/tracing/events/syscalls'))
    return 'bpftrace finds no tracepoints: mount -t tracefs none /sys/kernel/tracing'
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return `${tool} is not installed: apt-get install ${tool}`
  }
}
