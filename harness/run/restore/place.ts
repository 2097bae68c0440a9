import { hostname } from 'node:os'
import type { Host } from '../../host/host.js'

/** Where a process is, by the kernel's word; null where that can't be read. */
export interface Place {
  hostName: string | null
  workingDirectory: string | null
  environment: string | null
  /** How the machine tells its time zone. */
  timeZone: string | null
}

/** Looks at it now. */
export async function placeOf(pid: number, host: Host): Promise<Place> {
  const orNull = (text: Promise<string>) => text.catch(() => null)
  return {
    hostName: (await orNull(host.readText('/proc/sys/kernel/hostname')))?.trim() ?? hostname(),
    workingDirectory: await orNull(host.readlink(`/proc/${pid}/cwd`)),
    environment: await orNull(host.readText(`/proc/${pid}/environ`)),
    timeZone: await orNull(host.readlink('/etc/localtime')),
  }
}
