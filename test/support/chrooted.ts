import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { capability } from './capability.js'
import { isHeld } from '../../harness/host/gate.js'
import { probesFolder } from '../../harness/host/package-root.js'

/** A user who is not root may change the root in a user namespace, where the machine lets him. */
const changeRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']

/** A process with a root of its own can be started here. */
export const chroot = capability(
  'chroot',
  spawnSync('unshare', [...changeRoot, '--root=/', 'true']).status === 0,
  'the root of a process can’t be changed here',
)

/** A process that does nothing and has this folder for its root, as one in a container has another one than ours. */
export async function startIn(root: string): Promise<ChildProcess & { pid: number }> {
  mkdirSync(root, { recursive: true })
  copyFileSync(join(probesFolder, 'gate'), join(root, 'gate'))
  const child = spawn('unshare', [...changeRoot, `--root=${root}`, '/gate', '--', '/gate'], {
    stdio: 'ignore',
  })
  const { pid } = child
  if (pid === undefined) throw new Error('unshare can’t be run')
  while (!(await isHeld(pid))) await sleep(5)
  return Object.assign(child, { pid })
}
