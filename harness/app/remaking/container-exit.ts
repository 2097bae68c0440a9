import { setTimeout as sleep } from 'node:timers/promises'
import { reason, type DockerContainer } from '../container/engine.js'
import type { Exit } from '../exit.js'

/** How a container ends, whose output ends with it; never rejects. An engine that has gone says nothing of its end. */
export async function exitOf(
  container: DockerContainer,
  streamEnd?: Promise<unknown>,
  onEnd?: () => void,
): Promise<Exit> {
  const waited = container.wait().then(({ StatusCode }: { StatusCode: number }) => StatusCode)
  const ends = streamEnd === undefined ? [] : [streamEnd.then(() => statusOf(container))]
  return await Promise.race([waited, ...ends]).then(
    (status) => {
      onEnd?.()
      return explain(container, status)
    },
    (error: unknown) => `unknown: the Docker engine does not answer (${reason(error)})`,
  )
}

/** A wait whose engine has gone never ends (its client does not notice), but the stream of the output does. */
async function statusOf(container: DockerContainer): Promise<number> {
  for (;;) {
    const { State } = await container.inspect()
    if (!State.Running) return State.ExitCode
    await sleep(100)
  }
}

/** The kernel's killer leaves 137 like a checkpoint does; the two must not look alike. */
async function explain(container: DockerContainer, status: number): Promise<Exit> {
  const state = await container.inspect().then(
    ({ State }) => State,
    () => null,
  )
  return state?.OOMKilled === true ? `${status}: out of memory, killed by the kernel` : status
}
