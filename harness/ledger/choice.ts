import { TracerError } from '../errors.js'
import { Preload } from './preload.js'
import { startTracer } from './tracer.js'

export const traceModes = ['auto', 'ebpf', 'preload', 'both', 'none'] as const
export type TraceMode = (typeof traceModes)[number]

/** Which observers are to run, and why these. */
export interface Choice {
  ebpf: boolean
  preload: boolean
  /** One line for the user; null where there was nothing to choose. */
  why: string | null
}

/** Turns the mode into observers. `auto` takes eBPF where the kernel lets us, else the preloaded library. */
export async function chooseObservers(mode: TraceMode): Promise<Choice> {
  if (mode === 'none')
    return { ebpf: false, preload: false, why: 'tracing was switched off with --trace none' }
  if (mode === 'ebpf') return { ebpf: true, preload: false, why: null }
  const refusal = Preload.refusal()
  if (mode === 'preload' || mode === 'both') {
    if (refusal !== null)
      throw new TracerError('TRACER_MISSING', `--trace ${mode} can't be done: ${refusal}.`)
    return { ebpf: mode === 'both', preload: true, why: null }
  }
  const denied = await (ebpfRefusal ??= askKernel())
  if (denied === null) return { ebpf: true, preload: false, why: 'eBPF: the kernel lets us' }
  if (refusal !== null)
    return { ebpf: false, preload: false, why: `${denied} Nor is there another way: ${refusal}.` }
  return { ebpf: false, preload: true, why: `preload: eBPF can't be used here. ${denied}` }
}

let ebpfRefusal: Promise<string | null> | undefined

/** The only proof that BPF programs load is to load them; the harness itself serves as the traced process. */
async function askKernel(): Promise<string | null> {
  try {
    await (await startTracer(process.pid, { signal: false })).stop()
    return null
  } catch (error) {
    if (error instanceof TracerError) return error.message
    throw error
  }
}
