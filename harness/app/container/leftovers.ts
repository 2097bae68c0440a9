import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import type { Docker } from './engine.js'

const LABEL = 'crac-preflight.harness'

/** Marks what belongs to this harness: on which boot of which machine, in which pid namespace, under which pid. */
export const ownLabel = (): Record<string, string> => ({
  [LABEL]: `${here()}/${process.pid}/${startOf('self')}`,
})

/** Removes the containers of harnesses that were killed. Those of other machines and namespaces can't be told dead. */
export async function removeLeftovers(docker: Docker): Promise<void> {
  const found = await docker.listContainers({ all: true, filters: { label: [LABEL] } })
  for (const { Id, Labels } of found) {
    const [, place, pid, start] = /^(.*)\/(\d+)\/(\d+)$/.exec(Labels[LABEL] ?? '') ?? []
    if (place !== here() || pid === undefined) continue
    if (existsSync(`/proc/${pid}`) && startOf(pid) === start) continue
    // Another harness may remove it at the same time.
    await docker
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch(() => undefined)
  }
}

function here(): string {
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`
}

/** When a process started, in ticks since boot: a pid alone may have been used again. */
function startOf(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
