import { TracerError } from '../../model/errors.js'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { Preload } from './preload/preload.js'
import { nameRefusal } from './kernel/tracer-failure.js'
import { tryTracer } from './kernel/tracer-shared.js'

export const traceModes = ['auto', 'ebpf', 'preload', 'both', 'none'] as const
export type TraceMode = (typeof traceModes)[number]

/** Which observers are to run, and why these. */
export interface Choice {
  /** The kernel's records: what exists, and which thread made it. */
  ebpf: boolean
  /** The preloaded library: Java stacks, and records of its own where the kernel has none. */
  preload: boolean
  /** The profiler: Java stacks, one signal for each record of the kernel. */
  profiler: boolean
  /** One line for the user; null where there was nothing to choose. */
  why: string | null
  /** The same for the report: short, as a fall-back that has lost nothing is no warning. */
  note: string | null
}

const nothing = { ebpf: false, preload: false, profiler: false, note: null }

/**
 * Turns the mode into observers. `auto` takes eBPF where the kernel lets us, else the preloaded library. With eBPF the
 * Java stacks come from the preloaded library: it loses none and costs a tenth of a signal (`docs/overhead.md`). The
 * profiler takes them where nothing can be preloaded, and in `both`, which holds one way against the other.
 */
export async function chooseObservers(
  mode: TraceMode,
  preferProfiler = false,
  host: Host = localHost,
): Promise<Choice> {
  if (mode === 'none') return { ...nothing, why: 'tracing was switched off with --trace none' }
  const refusal = Preload.refusal()
  if ((mode === 'preload' || mode === 'both') && refusal !== null)
    throw new TracerError('TRACER_MISSING', `--trace ${mode} can't be done: ${refusal}.`)
  if (mode === 'preload') return { ...nothing, preload: true, why: null }
  if (mode === 'both') return { ebpf: true, preload: true, profiler: true, why: null, note: null }
  const profiler = preferProfiler || refusal !== null
  const stacks = { preload: !profiler, profiler }
  if (mode === 'ebpf') return { ebpf: true, ...stacks, why: null, note: null }
  const denied = await refusalOf(host)
  if (denied === null) return { ebpf: true, ...stacks, why: 'eBPF: available', note: null }
  if (refusal !== null) return { ...nothing, why: `${denied.message} Nor is there another way: ${refusal}.` }
  const short = denied.refusal === null ? denied.message : nameRefusal(denied.refusal)
  return {
    ...nothing,
    preload: true,
    why: `preload: eBPF is not available. ${denied.message}`,
    note: `preload: ${short}`,
  }
}

const refusals = new WeakMap<Host['machine'], Promise<TracerError | null>>()

/** Why the kernel there does not let us; null where it does. */
function refusalOf(host: Host): Promise<TracerError | null> {
  const known = refusals.get(host.machine) ?? askKernel(host)
  refusals.set(host.machine, known)
  return known
}

/** The only proof that BPF programs load is to load them; the app that comes next uses what was loaded. */
async function askKernel(host: Host): Promise<TracerError | null> {
  try {
    await tryTracer(host)
    return null
  } catch (error) {
    if (error instanceof TracerError) return error
    throw error
  }
}
