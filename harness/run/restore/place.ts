import { hostname } from 'node:os'
import { join } from 'node:path'
import type { StartedApp } from '../../app/held.js'

/** Where a process is, by the kernel's word; null where that can't be read. */
export interface Place {
  hostName: string | null
  workingDirectory: string | null
  environment: string | null
  /** How the machine, or the container, tells its time zone. */
  timeZone: string | null
}

/** Looks at it now. */
export async function placeOf({
  pid,
  host,
  root,
}: Pick<StartedApp, 'pid' | 'host' | 'root'>): Promise<Place> {
  const orNull = (text: Promise<string>) => text.catch(() => null)
  const name = root === null ? '/proc/sys/kernel/hostname' : join(root, 'etc', 'hostname')
  return {
    hostName: (await orNull(host.readText(name)))?.trim() ?? (root === null ? hostname() : null),
    workingDirectory: await orNull(host.readlink(`/proc/${pid}/cwd`)),
    environment: await orNull(host.readText(`/proc/${pid}/environ`)),
    timeZone: await orNull(host.readlink(join(root ?? '/', 'etc', 'localtime'))),
  }
}
