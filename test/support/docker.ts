import { connectEngine } from '../../harness/app/container/engine.js'
import type { Capability } from './capability.js'
import { openContainerTests } from './container-tests.js'

export { docker, inventory } from './inventory.js'

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
