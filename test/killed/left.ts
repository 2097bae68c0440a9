import { readdirSync, readFileSync } from 'node:fs'
import { docker, engine, inventory } from '../support/docker.js'

/** What a run could leave: processes, temporary files, and whatever the engine knows. */
export async function everything(folder: string): Promise<object> {
  const here = { processes: own(folder), files: readdirSync(folder) }
  if (engine.refusal !== null) return here
  const dockerd = await docker()
  return {
    ...here,
    held: await inventory(),
    images: (await dockerd.listImages({ all: true })).map(({ Id }) => Id).sort(),
    networks: (await dockerd.listNetworks()).map(({ Id }) => Id).sort(),
  }
}

/** The processes that a run of that temporary folder has started, itself included. */
export function own(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${folder}\0`)
      } catch {
        return false
      }
    })
}

/** What asking JVMs has made. Others have made some, too, and of JVMs that had these numbers before. */
export const attachFiles = (pids: readonly number[], others: ReadonlySet<string>): string[] =>
  allAttachFiles().filter((name) => {
    const pid = /^\.(?:java|attach)_pid(\d+)(?:\.tmp)?$/.exec(name)?.[1]
    return pid !== undefined && pids.includes(Number(pid)) && !others.has(name)
  })

export const allAttachFiles = (): string[] =>
  readdirSync('/tmp').filter((name) => /^\.(?:java|attach)_pid/.test(name))
