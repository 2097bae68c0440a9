import { readFileSync } from 'node:fs'
import { connectEngine, type Docker } from '../../harness/app/container/engine.js'
import type { Capability } from './capability.js'
import { openContainerTests } from './container-tests.js'

/** The first test file that needs an engine starts it; the global set-up ends it with the run. */
const prepared = await openContainerTests(Number(process.env.PREFLIGHT_TEST_RUN))

async function whyNot(): Promise<string | null> {
  if (prepared.refusal === null && prepared.host !== null) {
    process.env.DOCKER_HOST = prepared.host
    try {
      await connectEngine()
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  return prepared.refusal ?? 'there is none'
}

/** A Docker engine with the test images. */
export const engine: Capability = { name: 'docker', refusal: await whyNot() }

/** Whether a test image could be made here. */
export const hasImage = (name: string): boolean => name in prepared.images

/** A test image by its name in scripts/docker/images.mjs. */
export const image = (name: string): string => prepared.images[name] ?? `no-image/${name}`

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
