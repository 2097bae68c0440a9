import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../errors.js'
import { isHeld } from '../gate.js'

const ELSEWHERE =
  'The container’s processes can’t be seen from here. Run the harness on the machine of the Docker engine, in its pid namespace (--pid=host for a harness in a container).'

/** The gate among a container's processes, when it is ready to be released: the first one, or a child of an init. */
export async function gateOf(first: number): Promise<number> {
  if (first === 0)
    throw new AppError('APP_NOT_STARTED', 'The container has ended before its first instruction.')
  const end = Date.now() + 15_000
  while (Date.now() < end) {
    for (const pid of [first, ...(await childrenOf(first))])
      if ((await nameOf(pid)) === 'gate' && (await isHeld(pid))) return pid
    if ((await nameOf(first)) === null) throw new AppError('APP_NOT_STARTED', ELSEWHERE)
    await sleep(2)
  }
  throw new AppError('APP_NOT_STARTED', `The container has not come to its first instruction. ${ELSEWHERE}`)
}

/** Whether a process is one of a container's: its control group carries the container's id. */
export const belongsTo = async (containerId: string, pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')).includes(containerId)

/** Everything that a process has started and that still runs, itself included. */
export async function descendantsOf(first: number): Promise<number[]> {
  const found = [first]
  for (const pid of found) found.push(...(await childrenOf(pid)))
  return found
}

const nameOf = (pid: number): Promise<string | null> =>
  readFile(`/proc/${pid}/comm`, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )

async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    if (Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2]) === parent) children.push(Number(name))
  }
  return children
}
