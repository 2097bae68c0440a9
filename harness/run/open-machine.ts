import { openPlace, type Place } from '../app/container/machine.js'
import { openPod, type HeldPod } from '../app/pod/pod-place.js'
import { inContainer, inPod, type AppSpec } from '../app/spec.js'
import { localHost } from '../host/local-host.js'
import { legal } from '../ledger/observers/combinations.js'
import { illegal } from '../ledger/observers/select.js'
import type { TraceMode } from '../ledger/ledger.js'
import { UsageError } from '../model/errors.js'

/** Where the app's processes run; of a pod also what is held in it. */
export interface Machine extends Place {
  held?: HeldPod
}

/** Where the app's processes run: here, or wherever the Docker engine is. */
export async function openMachine(
  spec: AppSpec,
  folder: string,
  trace: TraceMode = 'auto',
): Promise<Machine> {
  if (inPod(spec)) {
    if (legal(trace, 'pod').length === 0) throw new UsageError(illegal(trace, 'pod'))
    return await openPod(spec, folder)
  }
  if (inContainer(spec))
    return await openPlace(
      folder,
      legal(trace, 'sidecar').some(({ needs }) => needs.includes('bpf')),
    )
  return { host: localHost, situation: 'process', told: null, close: () => Promise.resolve() }
}
