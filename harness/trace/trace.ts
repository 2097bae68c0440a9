import type { AppSpec } from '../app/spec.js'
import type { TraceMode } from '../ledger/ledger.js'
import type { Answer, Grouping } from '../model/answer.js'
import { traceApp, tracePid } from './trace-running.js'

export interface TraceSettings {
  by?: Grouping
  trace?: TraceMode
  /** Also take native stacks of what the JVM opens before its agents are up. */
  bootStacks?: boolean
  /** List after this time instead of when the app is ready; of a JVM that runs already, after this time in any case. */
  forMs?: number
  /** List now. */
  signal?: AbortSignal
  /** Gets in one line how the app is observed, and why so. */
  onTracer?: (choice: string) => void
}

/** The ledger alone, without a checkpoint: of an app that is started and stopped for it, or of a JVM that runs already. */
export async function trace(what: AppSpec | { pid: number }, settings: TraceSettings = {}): Promise<Answer> {
  const { by = 'owner', forMs = null, signal: interrupted = new AbortController().signal } = settings
  const { trace = 'auto', bootStacks = false, onTracer = () => undefined } = settings
  if ('pid' in what)
    return await tracePid(what.pid, undefined, { by, trace, forMs: forMs ?? 0, interrupted }, () => undefined)
  return await traceApp(what, { by, trace, bootStacks, forMs, interrupted, onTracer })
}
