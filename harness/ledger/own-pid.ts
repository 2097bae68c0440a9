import { readFile } from 'node:fs/promises'

/** The number that a process has in its own pid namespace: in a container, another one than here. */
export async function ownPidOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? pid)
}
