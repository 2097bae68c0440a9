import { hasEnded, place, startOf } from '../../../host/harness-process.js'
import type { Docker } from '../engine.js'
import { removeHelperImages } from '../sidecar/sidecar-image.js'

const LABEL = 'crac-preflight.harness'

/** Marks what belongs to this harness: on which boot of which machine, in which pid namespace, under which pid. */
export const ownLabel = (): Record<string, string> => ({
  [LABEL]: `${place()}/${process.pid}/${startOf('self')}`,
})

/** Removes what killed harnesses have left. That of other machines and namespaces can't be told dead. */
export async function removeLeftovers(docker: Docker): Promise<void> {
  const filters = { label: [LABEL] }
  // Another harness may remove it at the same time.
  for (const { Id, Labels } of await docker.listContainers({ all: true, filters }))
    if (isDead(Labels[LABEL]))
      await docker
        .getContainer(Id)
        .remove({ force: true, v: true })
        .catch(() => undefined)
  // An engine without volumes answers null.
  const { Volumes } = (await docker.listVolumes({ filters })) as { Volumes: VolumeRow[] | null }
  for (const { Name, Labels } of Volumes ?? [])
    if (isDead(Labels?.[LABEL]))
      await docker
        .getVolume(Name)
        .remove()
        .catch(() => undefined)
  await removeHelperImages(docker)
}

interface VolumeRow {
  Name: string
  Labels: Partial<Record<string, string>> | null
}

function isDead(label = ''): boolean {
  const [, where, pid, start] = /^(.*)\/(\d+)\/(\d+)$/.exec(label) ?? []
  return where === place() && pid !== undefined && start !== undefined && hasEnded(pid, start)
}
