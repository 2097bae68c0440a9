import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../model/errors.js'
import { append } from '../../model/lists.js'
import type { Host } from '../../host/host.js'
import { isHeld } from '../../host/gate.js'

const ELSEWHERE =
  'The container’s processes can’t be seen from here. Set CRAC_PREFLIGHT_SIDECAR=1 to have them observed through a sidecar container.'

/** The gate among a container's processes, when it is ready to be released: the first one, or a child of an init. */
export async function gateOf(first: number, host: Host): Promise<number> {
  if (first === 0)
    throw new AppError('APP_NOT_STARTED', 'The container has ended before its first instruction.')
  const end = performance.now() + 15_000
  while (performance.now() < end) {
    for (const pid of await withChildren(first, host))
      if ((await nameOf(pid, host)) === 'gate' && (await isHeld(pid, host))) return pid
    if ((await nameOf(first, host)) === null) throw new AppError('APP_NOT_STARTED', ELSEWHERE)
    await sleep(2)
  }
  throw new AppError('APP_NOT_STARTED', `The container has not come to its first instruction. ${ELSEWHERE}`)
}

/** Whether a process is one of a container's: its control group carries the container's id. */
export const belongsTo = async (containerId: string, pid: number, host: Host): Promise<boolean> =>
  (await host.readText(`/proc/${pid}/cgroup`).catch(() => '')).includes(containerId)

/** Everything that a process has started and that still runs, itself included. */
export async function descendantsOf(first: number, host: Host): Promise<number[]> {
  const parents = [...(await host.parents())]
  const found = [first]
  for (const pid of found) append(found, childrenOf(pid, parents))
  return found
}

const nameOf = (pid: number, host: Host): Promise<string | null> =>
  host.readText(`/proc/${pid}/comm`).then(
    (text) => text.trim(),
    () => null,
  )

/** The gate itself needs no look at all processes; only behind an init is it a child. */
async function withChildren(first: number, host: Host): Promise<number[]> {
  if ((await nameOf(first, host)) === 'gate') return [first]
  return [first, ...childrenOf(first, [...(await host.parents())])]
}

const childrenOf = (parent: number, parents: [number, number][]): number[] =>
  parents.flatMap(([child, of]) => (of === parent ? [child] : []))
