import type { Host } from '../host.js'

/** Reads the text of /proc/PID/cmdline: each word ends with a zero byte, and a word may be empty. */
export const parseCmdline = (text: string): string[] =>
  text === '' ? [] : text.replace(/\0$/, '').split('\0')

/** The words of a process's command; none where it has ended, or is one of the kernel's own. */
export const readCmdline = async (pid: number, host: Host): Promise<string[]> =>
  parseCmdline(await host.readText(`/proc/${pid}/cmdline`).catch(() => ''))

/** The environment that a process was started with, which /proc/PID/environ keeps in the same form. */
export async function readEnvironment(pid: number, host: Host): Promise<Map<string, string>> {
  const pairs = parseCmdline(await host.readText(`/proc/${pid}/environ`).catch(() => ''))
  return new Map(
    pairs
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}
