/** Which observers may work together, where, and what they need: the one table that `select.ts`, errors, `doctor` and docs read. */
import type { Evidence } from '../../model/report.js'

export const observerNames = ['kernel', 'preload', 'profiler'] as const
export type ObserverName = (typeof observerNames)[number]

export const traceModes = ['auto', 'ebpf', 'preload', 'both', 'none'] as const
export type TraceMode = (typeof traceModes)[number]

/** How the app is there: started by the harness here, in a container seen from here or through a sidecar, seen from within its pod, or running already. */
export const situations = ['process', 'container', 'sidecar', 'pod', 'pid'] as const
export type Situation = (typeof situations)[number]

/** What a combination needs, in words for people. Whether it is there is asked for in `select.ts`. */
export const needs = {
  bpf: 'Linux 5.10 or later with BTF, and CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN',
  preload: 'a launcher that takes LD_PRELOAD: no set-uid, no static one',
  profiler: 'async-profiler, for the JVM’s C library',
  late: 'the preloadable library, for the JVM’s C library',
  agents:
    'a JVM that takes agents: without -XX:+DisableAttachMechanism, and on JDK 21 and later without -XX:-EnableDynamicAgentLoading; as its user, or root',
  sigprof: 'a JVM in which nobody else handles SIGPROF',
} as const
export type Need = keyof typeof needs

export interface Combination {
  observers: readonly ObserverName[]
  situations: readonly Situation[]
  /** The values of --trace that take it. `auto` takes the first row of which everything is there. */
  modes: readonly TraceMode[]
  needs: readonly Need[]
  /** What can be asked for a checkpoint meanwhile: a process that runs already is asked for none. */
  engines: readonly ('crac' | 'rehearsal')[]
  /** What evidence calls it. */
  evidence: Evidence['tracer']
}

const started = { situations: ['process', 'container', 'sidecar'], engines: ['crac', 'rehearsal'] } as const
/** What takes no right on the machine. */
const anywhere = { ...started, situations: [...started.situations, 'pod'] } as const
const running = { situations: ['pid'], engines: [] } as const

/** The best first: what loses least, then what costs least (`docs/overhead.md`). JDK 17 and later, all of them. */
export const combinations: readonly Combination[] = [
  {
    observers: ['kernel', 'preload'],
    ...started,
    modes: ['auto', 'ebpf'],
    needs: ['bpf', 'preload'],
    evidence: 'ebpf',
  },
  {
    observers: ['kernel', 'profiler'],
    ...started,
    modes: ['auto', 'ebpf'],
    needs: ['bpf', 'profiler'],
    evidence: 'ebpf',
  },
  { observers: ['kernel'], ...started, modes: ['auto', 'ebpf'], needs: ['bpf'], evidence: 'ebpf' },
  {
    observers: ['kernel', 'preload', 'profiler'],
    ...started,
    modes: ['both'],
    needs: ['bpf', 'preload', 'profiler'],
    evidence: 'both',
  },
  {
    observers: ['preload'],
    ...anywhere,
    modes: ['auto', 'preload'],
    needs: ['preload'],
    evidence: 'preload',
  },
  {
    observers: ['kernel', 'profiler'],
    ...running,
    modes: ['auto', 'ebpf'],
    needs: ['bpf', 'profiler', 'sigprof', 'agents'],
    evidence: 'ebpf',
  },
  {
    observers: ['preload'],
    ...running,
    modes: ['auto', 'preload'],
    needs: ['late', 'agents'],
    evidence: 'preload',
  },
  { observers: ['kernel'], ...running, modes: ['auto', 'ebpf'], needs: ['bpf'], evidence: 'ebpf' },
  { observers: [], ...anywhere, modes: ['auto', 'none'], needs: [], evidence: 'none' },
  { observers: [], ...running, modes: ['auto', 'none'], needs: [], evidence: 'none' },
]

/** The rows that a mode may take there, the best first. */
export const legal = (mode: TraceMode, situation: Situation): Combination[] =>
  combinations.filter((row) => row.modes.includes(mode) && row.situations.includes(situation))

/** The modes that are there for a situation. */
export const modesFor = (situation: Situation): TraceMode[] =>
  traceModes.filter((mode) => legal(mode, situation).length > 0)

/**
 * What can be joined of what is left: the largest combination of observers that have not lost what they knew. One whose
 * partners are gone may say nothing by itself: the profiler's stacks belong to the kernel's records.
 */
export function joinable(left: readonly ObserverName[]): Pick<Combination, 'observers' | 'evidence'> {
  const [largest] = combinations
    .filter(({ observers }) => observers.every((name) => left.includes(name)))
    .sort((a, b) => b.observers.length - a.observers.length)
  return largest ?? { observers: [], evidence: 'none' }
}

/** `kernel+preload`, whatever the order; `none` where nobody observes. */
export const nameOf = (observers: readonly ObserverName[]): string =>
  observers.length === 0 ? 'none' : [...observers].sort().join('+')
