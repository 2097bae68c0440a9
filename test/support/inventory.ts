/** What the engine that is asked now holds. */
import { readFileSync } from 'node:fs'
import { connectEngine, type Docker } from '../../harness/app/container/engine.js'

export const docker = async (): Promise<Docker> => (await connectEngine()).container.dockerode

const LABEL = 'crac-preflight.harness'

/** What the engine holds beside images: nothing of ours may stay in it. What another test run has is not ours. */
export async function inventory(): Promise<string[]> {
  const engine = await docker()
  const containers = await engine.listContainers({ all: true, filters: { label: [LABEL] } })
  const { Volumes } = (await engine.listVolumes()) as { Volumes: { Name: string; Labels?: Labels }[] | null }
  return [
    ...containers.filter(({ Labels }) => !isOthers(Labels)).map(({ Id }) => `container ${Id}`),
    ...(Volumes ?? []).filter(({ Labels }) => !isOthers(Labels)).map(({ Name }) => `volume ${Name}`),
  ].sort()
}

type Labels = Partial<Record<string, string>> | null

/** Whether it belongs to a harness that runs, and is neither this process nor started by it. */
function isOthers(labels: Labels | undefined): boolean {
  const pid = /\/(\d+)\/\d+$/.exec(labels?.[LABEL] ?? '')?.[1]
  if (pid === undefined || Number(pid) === process.pid) return false
  try {
    return !readFileSync(`/proc/${pid}/status`, 'utf8').includes(`\nPPid:\t${process.pid}\n`)
  } catch {
    return false
  }
}
