import { access, readdir, realpath } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import type { HeldApp } from '../app/held.js'
import { holdProcess } from '../app/process.js'
import { findCriu } from '../checkpoint/criu/criu.js'
import { findExecutable } from '../host/executable.js'
import { inspectJava } from '../jvm/java.js'
import { nameOf, type Need, type Situation } from '../ledger/observers/combinations.js'
import { selectObservers, type Known } from '../ledger/observers/select.js'
import { PreloadObserver } from '../ledger/observers/preload/preload.js'
import { Sampler } from '../ledger/observers/profiler/sampler.js'
import { startTracer } from '../ledger/observers/kernel/tracer.js'
import { describeRefusal, whatToDo } from '../ledger/observers/kernel/tracer-failure.js'
import { TracerError } from '../model/errors.js'
import { probesFolder } from '../host/package-root.js'
import { jsonText, printable } from '../../reports/parts/escape.js'
import { paint } from '../../reports/parts/terminal-text.js'
import { confinement, containerEngine } from './doctor-engine.js'
import { summaryOf, toDoctorJson, type Diagnosis } from './doctor-summary.js'
import { terminalOf } from './output/outputs.js'
import { print } from './output/write.js'

/** `doctor`: tries what a check would do, and says how to get what is missing. */
export async function doctor({ json = false }: { json?: boolean } = {}): Promise<number> {
  const [ebpf, preload] = await tracers()
  const sampler = await profiler()
  const diagnoses = [
    kernel(),
    await typeFormat(),
    ebpf,
    preload,
    sampler,
    await observers({ bpf: ebpf, preload, late: preload, profiler: sampler }),
    ...(await javas()),
    await containerEngine(),
    await confinement(),
    await restoring(),
  ]
  const ready = diagnoses.every(({ ok, needed }) => ok || !needed)
  const text = json ? `${jsonText(toDoctorJson(diagnoses, ready), 2)}\n` : textOf(diagnoses)
  await print(process.stdout, text)
  return ready ? 0 : 1
}

function textOf(diagnoses: readonly Diagnosis[]): string {
  const style = paint(terminalOf(process.stdout).color)
  const lines = diagnoses.flatMap(({ what, found, ok, needed, advice }) => {
    const mark = ok ? style.green('ok     ') : needed ? style.red('missing') : style.yellow('absent ')
    const line = `${mark}  ${what.padEnd(22)} ${printable(found)}`
    return ok || advice === null ? [line] : [line, `${' '.repeat(32)}${style.dim(printable(advice))}`]
  })
  return `${[...lines, '', summaryOf(diagnoses)].join('\n')}\n`
}

async function restoring(): Promise<Diagnosis> {
  const criu = await findCriu()
  const ok = typeof criu !== 'string'
  return {
    what: 'CRIU',
    found: ok ? `${criu.version}, for --restore` : 'none that can be used, and only --restore needs it',
    ok,
    needed: false,
    advice: ok ? null : criu,
  }
}

function kernel(): Diagnosis {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  return {
    what: 'kernel',
    found: `${release()} (${process.arch})`,
    ok: major > 5 || (major === 5 && minor >= 10),
    needed: false,
    advice: 'Tracing needs Linux 5.10 or later; without it a check gives its verdict, but no Java lines.',
  }
}

async function typeFormat(): Promise<Diagnosis> {
  const path = '/sys/kernel/btf/vmlinux'
  const ok = await exists(path)
  return {
    what: 'kernel types (BTF)',
    found: ok ? path : 'none',
    ok,
    needed: false,
    advice: 'Use a kernel that is built with CONFIG_DEBUG_INFO_BTF=y.',
  }
}

/** One of the two is enough for Java lines. */
async function tracers(): Promise<[Diagnosis, Diagnosis]> {
  const refusal = PreloadObserver.refusal()
  const ebpf = await ebpfTracer()
  const preload = {
    what: 'preload tracer',
    found: refusal === null ? 'there; needs no privilege' : 'none for this machine',
    ok: refusal === null,
    needed: !ebpf.ok,
    advice: refusal,
  }
  return [{ ...ebpf, needed: !preload.ok }, preload]
}

/** The only proof that BPF programs load here is to load them. */
async function ebpfTracer(): Promise<Diagnosis> {
  const base = { what: 'eBPF tracer', needed: false }
  let held: HeldApp | undefined
  try {
    held = await holdProcess({ command: ['true'], cwd: '/', env: {}, logFile: '/dev/null' })
    const tracer = await startTracer(held.pid)
    await tracer.stop()
    const without = tracer.shortfall === null ? '' : `, but ${tracer.shortfall}`
    return { ...base, found: `loads, attaches and ends${without}`, ok: true, advice: null }
  } catch (error) {
    const refusal = error instanceof TracerError ? error.refusal : null
    if (refusal !== null)
      return {
        ...base,
        found: describeRefusal(refusal),
        ok: false,
        advice: whatToDo(refusal, join(probesFolder, 'fdtrace')),
      }
    return {
      ...base,
      found: 'does not start',
      ok: false,
      advice: error instanceof Error ? error.message : String(error),
    }
  } finally {
    await held?.stop()
  }
}

async function profiler(): Promise<Diagnosis> {
  const ok = (await Sampler.refusal()) === null
  return {
    what: 'async-profiler',
    found: ok ? 'there' : 'none for this machine',
    ok,
    needed: true,
    advice: 'Run "npm run build" in a checkout of crac-preflight.',
  }
}

/** What `--trace auto` takes of what is there, by the table that it goes by; of JVMs that take agents. */
async function observers(tried: Partial<Record<Need, Diagnosis>>): Promise<Diagnosis> {
  const known = Object.entries(tried).map(([need, { ok, found }]) => [
    need,
    ok ? null : { message: found, short: found },
  ])
  const taken = async (situation: Situation): Promise<string> => {
    const all = { agents: null, sigprof: null, ...(Object.fromEntries(known) as Known) }
    return nameOf((await selectObservers('auto', situation, { known: all })).observers)
  }
  const found = `check, trace: ${await taken('process')}; trace --pid: ${await taken('pid')}`
  return { what: 'observers', found, ok: true, needed: false, advice: null }
}

async function javas(): Promise<Diagnosis[]> {
  const folders = await readdir('/usr/lib/jvm').catch(() => [])
  const candidates = [
    ...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin/java')] : []),
    ...[await findExecutable('java', '/', process.env.PATH ?? '')].filter((path) => path !== null),
    ...folders.map((folder) => join('/usr/lib/jvm', folder, 'bin/java')),
  ]
  const executables = new Set<string>()
  for (const candidate of candidates) if (await exists(candidate)) executables.add(await realpath(candidate))
  const installations = await Promise.all([...executables].map(inspectJava))
  const jdks = installations.map(({ home, version, vendor, crac }) => ({
    what: crac ? 'CRaC JDK' : 'JDK',
    found: `${version ?? 'unknown version'} ${vendor ?? ''} at ${home}`,
    ok: true,
    needed: false,
    advice: null,
  }))
  if (installations.length === 0)
    return [
      {
        what: 'JDK',
        found: 'none',
        ok: false,
        needed: true,
        advice: 'Install a JDK 17 or later, or set JAVA_HOME.',
      },
    ]
  if (installations.some(({ crac }) => crac)) return jdks
  return [
    ...jdks,
    {
      what: 'CRaC JDK',
      found: 'none: checks rehearse',
      ok: false,
      needed: false,
      advice: 'Azul Zulu and BellSoft Liberica offer builds with CRaC.',
    },
  ]
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
