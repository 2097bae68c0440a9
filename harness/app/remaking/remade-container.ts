import { chmod } from 'node:fs/promises'
import type { Host } from '../../host/host.js'
import { ownPidOf } from '../../host/procfs/status.js'
import { isUnknown, type Docker, type DockerContainer } from '../container/engine.js'
import { withoutFrames } from '../container/image.js'
import { descendantsOf } from '../container/processes.js'
import type { Exit } from '../exit.js'
import { exitOf } from './container-exit.js'
import { runIn } from './container-exec.js'
import { asOurs, createLike, type Running } from './container-like.js'
import type { Ours, Remaking, RestoredApp } from './remaking.js'

/** What a container was given so that an image can be made of its app. */
export interface Lent {
  /** CRIU as it is called in there; null where the app's own java makes the image. */
  criu: string[] | null
  /** The program that gives it the app's own user. */
  asOwner: string
  ours: Ours
  /** A path of ours as it is known in there. */
  inside: (path: string) => string
}

/** A container that another one can take the place of. */
export interface Replaceable {
  readonly container: DockerContainer
  readonly host: Host
  /** The app's process. */
  pid: number
  /** Removes it. */
  leave(): Promise<void>
  /** Resolves to the pid of the other one's first process. */
  replace(container: DockerContainer): Promise<number>
  handOver: Remaking['handOver']
  /** How its first life ends. */
  readonly lifeEnds: Promise<Exit>
}

/** An app in a container comes back in another one of the same image. */
export function remakingOf(
  started: Replaceable,
  docker: Docker,
  { criu, asOwner, inside, ours }: Lent,
): Remaking {
  const { host } = started
  let gone: Awaited<ReturnType<DockerContainer['inspect']>> | undefined
  let ownPid = 0
  let { lifeEnds } = started
  const begin = async (how: Running): Promise<RestoredApp> => {
    // Another life of the same image takes the place of the last one.
    await remove(started.container)
    if (gone === undefined) throw new Error('no image was made in a container')
    const container = await createLike(docker, gone, how)
    await container.start().catch(async (error: unknown) => {
      await remove(container)
      throw error
    })
    const life = restored(started, await started.replace(container), ownPid)
    lifeEnds = life.exited
    return life
  }
  return {
    // Below an init it leads no session, and CRIU has not the rights of the machine's superuser. The first process of the
    // container would end with the app, and CRIU with it before its last word: what it leaves ends with the container.
    criu: { command: criu, dump: ['--leave-stopped'], always: ['--unprivileged', '--shell-job'] },
    ours,
    share: async (folder) => {
      await chmod(folder, 0o777)
      return inside(folder)
    },
    run: async (command, signal) => {
      ownPid = await ownPidOf(started.pid, host)
      return await runIn(started.container, host, [asOwner, String(ownPid), '--', ...command], signal)
    },
    leave: async () => {
      gone = await started.container.inspect()
      await started.leave()
    },
    start: (command) => begin(asOurs(command)),
    relaunch: async ({ command, env }) => {
      ownPid = 0
      return await begin({ command, env: Object.entries(env).map((pair) => pair.join('=')) })
    },
    handOver: (heir) => {
      started.handOver(heir)
    },
    get lifeEnds() {
      return lifeEnds
    },
  }
}

function restored(started: Replaceable, first: number, ownPid: number): RestoredApp {
  const { container, host } = started
  const over = { yet: false }
  const exited = exitOf(container).finally(() => (over.yet = true))
  return {
    pid: first,
    exited,
    get hasEnded() {
      return over.yet
    },
    kill: async () => {
      await remove(container)
      await exited
    },
    printed: async () => withoutFrames(await container.logs({ stdout: true, stderr: true })),
    arrived: async () => {
      // A java that brings it back by itself is the app with all that is below it.
      if (ownPid === 0) started.pid = first
      for (const pid of await descendantsOf(first, host))
        if (pid !== first && (await ownPidOf(pid, host)) === ownPid) started.pid = pid
    },
  }
}

async function remove(container: DockerContainer): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    if (!isUnknown(error)) throw error
  })
}
