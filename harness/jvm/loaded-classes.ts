import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'

const MAGIC = 0xcafec0c0
const PROLOGUE = 32
const ENTRY_HEADER = 20
const LONG = 'J'.charCodeAt(0)
const COUNTERS = ['java.cls.loadedClasses', 'java.cls.sharedLoadedClasses']

/**
 * How many classes a JVM has loaded so far, as its performance counters tell anybody who reads their file: the JVM itself
 * isn't asked. Null where it keeps none (-XX:-UsePerfData), or where they can't be read.
 */
export async function loadedClasses(pid: number, host: Host = localHost): Promise<number | null> {
  const file = await counterFile(pid, host)
  const bytes = file === null ? null : await host.readFile(file, { follow: false }).catch(() => null)
  return bytes === null ? null : sumOf(bytes)
}

/** /tmp/hsperfdata_USER/PID, where USER and PID are those of the app's own file system and namespace. */
async function counterFile(pid: number, host: Host): Promise<string | null> {
  const status = await host.readText(`/proc/${pid}/status`).catch(() => '')
  const own = /^NSpid:(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).at(-1) ?? String(pid)
  const tmp = `/proc/${pid}/root/tmp`
  for (const folder of await host.readdir(tmp).catch(() => []))
    if (folder.startsWith('hsperfdata_') && (await exists(`${tmp}/${folder}/${own}`, host)))
      return `${tmp}/${folder}/${own}`
  return null
}

const exists = (file: string, host: Host): Promise<boolean> =>
  host.stat(file).then(
    () => true,
    () => false,
  )

/** The app may write there what it likes: nothing is read past the end, and the walk always goes on. */
function sumOf(bytes: Buffer): number | null {
  if (bytes.length < PROLOGUE || bytes.readUInt32BE(0) !== MAGIC || bytes[4] !== 1) return null
  let sum: number | null = null
  let at = bytes.readUInt32LE(24)
  while (at + ENTRY_HEADER <= bytes.length) {
    const length = bytes.readUInt32LE(at)
    if (length < ENTRY_HEADER) break
    const value = at + bytes.readUInt32LE(at + 16)
    if (bytes[at + 12] === LONG && value + 8 <= bytes.length && COUNTERS.includes(nameAt(bytes, at)))
      sum = (sum ?? 0) + Number(bytes.readBigUInt64LE(value))
    at += length
  }
  return sum
}

function nameAt(bytes: Buffer, entry: number): string {
  const begin = entry + bytes.readUInt32LE(entry + 4)
  return bytes.toString('latin1', begin, bytes.indexOf(0, begin))
}
