import { basename } from 'node:path'
import type { Host } from '../host/host.js'
import { readCmdline } from '../host/procfs/cmdline.js'
import { readStatus } from '../host/procfs/status.js'
import { parseJavaCommandLine } from './java-command-line.js'
import { isJvm } from './java.js'
import { javaOfJvm } from './running-java.js'

/** A JVM that runs here, as somebody would tell it from others. */
export interface RunningJvm {
  pid: number
  user: string
  /** Its version and vendor; null where its files can't be read. */
  jdk: string | null
  /** The main class, jar or module; the program's name where that stands in a file of arguments. */
  main: string
  words: string[]
}

/** The JVMs that this user may look into, the oldest number first: root sees those of all. */
export async function runningJvms(host: Host, uid = process.getuid?.() ?? 0): Promise<RunningJvm[]> {
  const users = await userNames(host)
  const pids = [...(await host.parents()).keys()].sort((a, b) => a - b)
  const found: RunningJvm[] = []
  for (const pid of pids) {
    const status = await readStatus(pid, host)
    if (status === null || (uid !== 0 && status.uid !== uid) || !(await isJvm(pid, host))) continue
    const words = await readCmdline(pid, host)
    const java = await javaOfJvm(pid, { host, root: `/proc/${pid}/root` }).catch(() => null)
    found.push({
      pid,
      user: users.get(status.uid) ?? String(status.uid),
      jdk: java === null ? null : [java.version, java.vendor].filter(Boolean).join(' '),
      main: parseJavaCommandLine(words.slice(1)).main?.name ?? status.name,
      words,
    })
  }
  return found
}

/** Whether a word names a JVM: a word of its command line, its jar without the folder, its class without the package. */
export function isNamed({ main, words }: Pick<RunningJvm, 'main' | 'words'>, name: string): boolean {
  const short = main.endsWith('.jar') ? basename(main) : main.slice(main.lastIndexOf('.') + 1)
  return name !== '' && [main, basename(main), short, ...words].includes(name)
}

async function userNames(host: Host): Promise<Map<number, string>> {
  const text = await host.readText('/etc/passwd').catch(() => '')
  return new Map(
    text
      .split('\n')
      .map((line) => line.split(':'))
      .flatMap(([name, , uid]) => (name && uid ? [[Number(uid), name] as const] : [])),
  )
}
