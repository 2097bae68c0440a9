import { listenersOf } from '../../app/readiness/listening.js'
import { descendantsOf } from '../../app/container/processes.js'
import { inContainer, inPod, type AppSpec } from '../../app/spec.js'
import type { Host } from '../../host/host.js'
import { UsageError } from '../../model/errors.js'

/** The port that a request by its path alone is meant for: the one that the spec names, or the only one that the app listens on. */
export async function requestPort(spec: AppSpec, pid: number, host: Host): Promise<number> {
  const [published, ...more] = (inContainer(spec) || inPod(spec) ? spec.ports : undefined) ?? []
  if (published !== undefined && more.length === 0) return published
  if (spec.ready !== undefined && 'port' in spec.ready) return spec.ready.port
  if (spec.ready !== undefined && 'http' in spec.ready) return Number(new URL(spec.ready.http).port || 80)
  const listeners = await Promise.all(
    (await descendantsOf(pid, host)).map((each) => listenersOf(each, host).catch(() => [])),
  )
  const ports = [...new Set(listeners.flat().flatMap(({ port }) => port ?? []))]
  const [only] = ports
  if (only !== undefined && ports.length === 1) return only
  throw new UsageError(
    `app.fetch() can't know which port a path is meant for: the app listens on ${ports.length === 0 ? 'none' : ports.join(', ')}. Give a whole URL: app.fetch(app.url(8080, "/orders")).`,
  )
}
