import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../harness/host/package-root.js'
import type { Capability, CapabilityName } from './capability.js'
import { jdk } from './java.js'

interface Service {
  host: string | null
  refusal: string | null
  stop: () => Promise<void>
}

const load = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(join(packageRoot, 'scripts', 'docker', name)).href)) as T
export const { startPodman } = await load<{
  startPodman: (how: { rootless: boolean }) => Promise<Service>
}>('podman.mjs')
export const { startRootlessDocker } = await load<{ startRootlessDocker: () => Promise<Service> }>(
  'rootless-docker.mjs',
)
const { buildImages } = await load<{
  buildImages: (host: string, jdks: object[], names: string[]) => Promise<Record<string, string>>
}>('images.mjs')

const { ask: askEngine } = await load<{
  ask: (host: string, method: string, path: string) => Promise<string>
}>('api.mjs')

/** An engine of the tests' own, and in it the test image of an ordinary user's app. */
interface Engine {
  available: Capability
  host: string
  image: string
  /** What it answers to a question. */
  ask: (path: string) => Promise<unknown>
  stop: () => Promise<void>
}

export async function openEngine(name: CapabilityName, starting: Promise<Service>): Promise<Engine> {
  const service = await starting
  const ask = async (path: string): Promise<unknown> =>
    JSON.parse(await askEngine(service.host ?? '', 'GET', path))
  const none = { host: '', image: '', ask, stop: service.stop }
  if (service.host === null) return { ...none, available: { name, refusal: service.refusal } }
  try {
    const { user = '' } = await buildImages(service.host, [jdk], ['user'])
    return { ...none, available: { name, refusal: null }, host: service.host, image: user }
  } catch (error) {
    await service.stop()
    const refusal = `the test image can't be made: ${error instanceof Error ? error.message : String(error)}`
    return { ...none, available: { name, refusal }, stop: () => Promise.resolve() }
  }
}
