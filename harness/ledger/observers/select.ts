import { TracerError, UsageError } from '../../model/errors.js'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import {
  legal,
  modesFor,
  nameOf,
  type Combination,
  type Need,
  type ObserverName,
  type Situation,
  type TraceMode,
} from './combinations.js'
import { KernelObserver } from './kernel/kernel.js'
import { nameRefusal } from './kernel/tracer-failure.js'
import { tryTracer } from './kernel/tracer-shared.js'
import type { Observer } from './observer.js'
import { PreloadObserver } from './preload/preload.js'
import { ProfilerObserver } from './profiler/profiler.js'
import { Sampler } from './profiler/sampler.js'

/** Why something that a combination needs is not there. */
export interface Refusal {
  /** Whole sentences, for who must do something about it. */
  message: string
  /** The same in a few words, for a report. */
  short: string
  /** What is thrown where there is no other way. */
  error?: Error
}

/** Of the JVM itself, which is not this room's matter: what is known, or how to find out. Null: it is there. */
export type Known = Partial<Record<Need, Refusal | null | (() => Promise<Refusal | null>)>>

type Refused = Partial<Record<Need, Refusal | null>>

/** Which observers are to run, and why these. */
export interface Choice extends Combination {
  /** One line for the user; null where there was nothing to choose. */
  why: string | null
  /** The same for the report: short, as a fall-back that has lost nothing is no warning. */
  note: string | null
}

/** Turns the mode into observers: the first legal combination of which everything is there. */
export async function selectObservers(
  mode: TraceMode,
  situation: Situation,
  { host = localHost, known = {} }: { host?: Host; known?: Known } = {},
): Promise<Choice> {
  const rows = legal(mode, situation)
  if (rows.length === 0) throw new UsageError(illegal(mode, situation))
  const refused: Refused = {}
  for (const row of rows) {
    for (const need of row.needs) {
      if (!(need in refused))
        refused[need] = need in known ? await told(known[need]) : await refusalOf(need, mode, situation, host)
      if (refused[need] !== null) break
    }
    if (row.needs.every((need) => refused[need] === null))
      return { ...row, ...explain(row, { mode, situation, refused }) }
  }
  const [refusal] = Object.values(refused).filter((each) => each !== null)
  throw (
    refusal?.error ??
    new TracerError('TRACER_MISSING', `--trace ${mode} is not available: ${refusal?.message ?? ''}.`)
  )
}

/** What observers are made with. `folder` is where the JVM writes for them. */
export interface MadeWith {
  folder: string
  host: Host
  bootStacks: boolean
  atExit: boolean
}

/** A new observer has its row here, and in the table of combinations. */
const makers: Record<ObserverName, (made: MadeWith) => Observer> = {
  kernel: () => new KernelObserver(),
  preload: ({ folder, host, atExit }) => new PreloadObserver(folder, host, atExit),
  profiler: ({ folder, host, bootStacks }) => new ProfilerObserver(new Sampler(folder, bootStacks, host)),
}

export const makeObservers = (names: readonly ObserverName[], made: MadeWith): Observer[] =>
  names.map((name) => makers[name](made))

/** Why a mode can't be taken, and which ones can. */
export function illegal(mode: TraceMode, situation: Situation): string {
  const others = modesFor(situation).join(', ')
  const why =
    situation === 'pid'
      ? 'with --pid: to hold one observer against another, both must be there from the app’s start'
      : `for a ${situation}`
  return `--trace can't be "${mode}" ${why}. Use one of ${others}.`
}

const told = async (known: Known[Need]): Promise<Refusal | null> =>
  (typeof known === 'function' ? await known() : known) ?? null

function explain(
  row: Combination,
  { mode, situation, refused }: { mode: TraceMode; situation: Situation; refused: Refused },
): Pick<Choice, 'why' | 'note'> {
  if (mode === 'none') {
    const off = 'tracing was switched off with --trace none'
    return { why: off, note: off }
  }
  if (situation === 'pid') return { why: null, note: ofRunning(row, refused) }
  const { bpf, preload, profiler } = refused
  if (row.observers.includes('kernel')) {
    const note = row.observers.length === 1 ? (profiler?.short ?? null) : null
    return { why: mode === 'auto' ? 'eBPF: available' : null, note }
  }
  if (mode !== 'auto') return { why: null, note: null }
  if (situation === 'pod' && row.observers.includes('preload'))
    return { why: 'preload: the tracer is not run in a pod, where it would take rights', note: null }
  if (row.observers.includes('preload'))
    return {
      why: `preload: eBPF is not available. ${bpf?.message ?? ''}`,
      note: `preload: ${bpf?.short ?? ''}`,
    }
  const nothing = `${bpf?.message ?? ''} Nor is there another way: ${preload?.message ?? ''}.`
  return { why: nothing, note: nothing }
}

/** What is said of a process that runs already, where it is not watched in the best way. */
function ofRunning({ observers }: Combination, refused: Refused): string | null {
  const shorts = Object.values(refused).flatMap((each) => (each === null ? [] : [each.short]))
  if (shorts.length === 0) return null
  const what = { kernel: 'no Java stacks', preload: 'preload', none: 'nobody sees who opens what' }
  return `${what[nameOf(observers) as keyof typeof what]}: ${[...new Set(shorts)].join('; ')}`
}

/** Asks whether something is there; a user who names an observer learns what is missing when it is attached. */
async function refusalOf(
  need: Need,
  mode: TraceMode,
  situation: Situation,
  host: Host,
): Promise<Refusal | null> {
  if (need === 'bpf') return mode === 'auto' || situation === 'pid' ? await kernelRefusal(host) : null
  if (need === 'preload' || need === 'late') return refusal(PreloadObserver.refusal())
  if (need === 'profiler') return refusal(await Sampler.refusal())
  return null
}

const refusal = (message: string | null): Refusal | null =>
  message === null ? null : { message, short: message }

const refusals = new WeakMap<Host['machine'], Promise<Refusal | null>>()

/** Why the kernel there does not let us; null where it does. */
function kernelRefusal(host: Host): Promise<Refusal | null> {
  const known = refusals.get(host.machine) ?? askKernel(host)
  refusals.set(host.machine, known)
  return known
}

/** The only proof that BPF programs load is to load them; the app that comes next uses what was loaded. */
async function askKernel(host: Host): Promise<Refusal | null> {
  try {
    await tryTracer(host)
    return null
  } catch (error) {
    if (!(error instanceof TracerError)) throw error
    const { message, refusal } = error
    return { message, short: refusal === null ? message : nameRefusal(refusal), error }
  }
}
