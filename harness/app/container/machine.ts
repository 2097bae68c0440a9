import { existsSync } from 'node:fs'
import { UsageError } from '../../model/errors.js'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { connectEngine, type Docker } from './engine.js'
import { kindOf, type EngineKind } from './engine-kind.js'
import { guardContainers } from './leftovers/guard.js'
import { ownLabel, removeLeftovers } from './leftovers/leftovers.js'
import { openSidecar } from './sidecar/sidecar.js'
import { SidecarHost } from './sidecar/sidecar-host.js'

/** The machine that a container's processes run on, as long as it is needed. */
export interface Place {
  host: Host
  situation: 'process' | 'container' | 'sidecar' | 'pod'
  /** How the app is observed, and why so, for the report; null where there was nothing to choose. */
  told: string | null
  close(): Promise<void>
}

const FORCED = 'CRAC_PREFLIGHT_SIDECAR'

/** Decides how an app in a container is observed: from here, or through a sidecar on the engine's machine. */
export async function openPlace(folder: string, traces: boolean): Promise<Place> {
  const docker = (await connectEngine()).container.dockerode
  await removeLeftovers(docker)
  const dismissGuard = guardContainers()
  try {
    const place = await choosePlace(docker, folder, traces)
    return { ...place, close: () => place.close().finally(dismissGuard) }
  } catch (error) {
    dismissGuard()
    throw error
  }
}

async function choosePlace(docker: Docker, folder: string, traces: boolean): Promise<Place> {
  const engine = await kindOf(docker)
  const why = await whySidecar(docker, engine)
  if (why === null)
    return {
      host: localHost,
      situation: 'container',
      told: `the app is observed from outside its container, as root on the ${engine.name} engine’s machine`,
      close: () => Promise.resolve(),
    }
  const sidecar = await openSidecar(docker, traces)
  const host = new SidecarHost(sidecar.connection, folder)
  return {
    host,
    situation: 'sidecar',
    told: `the app is observed through a sidecar container, as ${why}`,
    close: async () => {
      await host.forget()
      await sidecar.close()
    },
  }
}

/** Null where the harness itself can read what the app's processes have open, and its files. */
async function whySidecar(docker: Docker, { name, users }: EngineKind): Promise<string | null> {
  const forced = process.env[FORCED] ?? ''
  if (!/^[01]?$/.test(forced))
    throw new UsageError(`${FORCED} can't be "${forced}". Use 1 for a sidecar, 0 for none, or leave it out.`)
  if (forced !== '') return forced === '1' ? `${FORCED}=1 asks for it` : null
  if (process.getuid?.() !== 0) return 'this user is not root'
  // Root in its containers is another user here, to whom folders of this one are closed.
  if (users !== 'rootful')
    return `the ${name} engine is ${users === 'rootless' ? 'rootless' : 'set to remap users'}`
  return (await isHere(docker)) ? null : `the ${name} engine’s files are not on this machine`
}

/** A new volume of the engine is a folder with a name that nothing else has: who sees it is where the engine is. */
async function isHere(docker: Docker): Promise<boolean> {
  const volume = await docker.createVolume({ Labels: ownLabel() })
  const here = existsSync((await volume.inspect()).Mountpoint)
  await volume.remove()
  return here
}
