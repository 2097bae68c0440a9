import { notACommand, printable } from '../../../reports/parts/escape.js'
import { tableLines } from '../../../reports/terminal/table.js'
import { localHost } from '../../host/local-host.js'
import { isNamed, runningJvms, type RunningJvm } from '../../jvm/running-jvms.js'
import { UsageError } from '../../model/errors.js'
import { terminalOf } from '../output/outputs.js'
import { print } from '../output/write.js'

/** `trace` without anything: which JVMs there are to be traced. */
export async function listJvms(): Promise<number> {
  const jvms = await runningJvms(localHost)
  const { width } = terminalOf(process.stdout)
  const text =
    jvms.length === 0
      ? 'No JVM runs here that this user may look into. Start one: crac-preflight trace -- java -jar app.jar\n'
      : `${table(jvms, width)}\n\nTrace one by its number or name: crac-preflight trace --pid ${jvms[0]?.pid ?? ''} --for 30s\n`
  await print(process.stdout, text)
  return 0
}

/** The number that `--pid` means: itself, or that of the one JVM with such a word in its command line. */
export async function pidOf(given: string): Promise<string> {
  if (/^[-+]?\d/.test(given)) return given
  const jvms = await runningJvms(localHost)
  const meant = jvms.filter((jvm) => isNamed(jvm, given))
  const [jvm] = meant
  if (jvm !== undefined && meant.length === 1) return String(jvm.pid)
  const candidates = meant.length > 0 ? meant : jvms
  throw new UsageError(
    `--pid can't be "${given}": ${meant.length > 0 ? `${meant.length} JVMs have` : 'no JVM of this user has'} that word in its command line.${candidates.length > 0 ? ` Give the number or a word of one of these:\n${table(candidates, Infinity)}` : ' No JVM runs here that this user may look into.'}`,
  )
}

function table(jvms: readonly RunningJvm[], width: number): string {
  const rows = jvms.map(({ pid, user, jdk, main }) =>
    [String(pid), user, jdk ?? 'not known', main].map((cell) => printable(cell)),
  )
  return notACommand(tableLines(['PID', 'USER', 'JDK', 'RUNS'], rows, { width, fixed: 2 }).join('\n'))
}
