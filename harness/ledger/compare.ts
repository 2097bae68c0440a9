import type { Origin } from '../model/report.js'
import { describe, type Entry } from '../model/target.js'

/** One thing that two observers of the same app tell differently. */
export interface Difference {
  fd: number
  target: string
  what: 'origin' | 'bound' | 'listened' | 'connected'
  kernel: string
  preload: string
  /** Why they must differ here, where that is known. */
  explanation: string | null
}

const aspects = ['origin', 'bound', 'listened', 'connected'] as const

/** Holds the kernel's ledger against the preloaded library's, descriptor by descriptor; both are of one live table. */
export function compareLedgers(kernel: Entry[], preload: Entry[]): Difference[] {
  const others = new Map(preload.map((entry) => [entry.fd, entry]))
  return kernel.flatMap((entry) => {
    const other = others.get(entry.fd)
    if (other === undefined) return []
    return aspects.flatMap((what) => {
      const [a, b] = [entry[what], other[what]]
      if (agree(a, b)) return []
      return [
        {
          fd: entry.fd,
          target: describe(entry.target),
          what,
          kernel: tell(a, entry.missing),
          preload: tell(b, other.missing),
          explanation: explain(a, b),
        },
      ]
    })
  })
}

/** Same thread, same system call, and the same Java methods as far as both saw them. */
function agree(a: Origin | null, b: Origin | null): boolean {
  if (a === null || b === null) return a === b
  if (a.tid !== b.tid || call(a) !== call(b)) return false
  const [left, right] = [methods(a), methods(b)]
  if (left.length === 0 || right.length === 0) return left.length === right.length
  const depth = Math.min(left.length, right.length)
  return left.slice(0, depth).every((method, i) => method === right[i])
}

/** One libc function may be made of either of two system calls. */
const call = ({ syscall }: Origin): string | undefined =>
  syscall
    ?.replace(/^(?:open|openat2|creat)$/, 'openat')
    .replace(/^(accept|pipe|dup|eventfd|epoll_create|inotify_init|signalfd)[1234]$/, '$1')

/** Generated classes are named differently by either observer, and numbered by the run. */
const methods = ({ java }: Origin): string[] =>
  java
    .filter(({ class: name }) => !/\$\$Lambda|LambdaForm|0x[0-9a-f]{4,}|\$\$FastClass/.test(name))
    .map(({ class: name, method }) => `${name}.${method}`)

function explain(kernel: Origin | null, preload: Origin | null): string | null {
  if (preload?.syscall === 'recvmsg' || preload?.syscall === 'recvmmsg')
    return kernel === null
      ? 'another process made it and sent it over a socket'
      : 'it came over a socket: the kernel knows who made it, the preloaded library who received it'
  if (kernel !== null && kernel.java.length === 0 && preload !== null && preload.java.length > 0)
    return 'the profiler took no stack there'
  if (kernel !== null && preload === null && kernel.syscall?.startsWith('io_uring'))
    return 'io_uring made it, past every libc function'
  return null
}

function tell(origin: Origin | null, missing: string | null): string {
  if (origin === null) return missing ?? 'nothing'
  const where = origin.java.slice(0, 4).map(({ class: name, method }) => `${name}.${method}`)
  return `${origin.syscall} by thread ${origin.tid}${where.length > 0 ? ` in ${where.join(' < ')}` : ', no Java stack'}`
}

/** One line for the report; null where both agree. */
export function describeDifferences(differences: Difference[]): string | null {
  if (differences.length === 0) return null
  const open = differences.filter(({ explanation }) => explanation === null)
  const examples = (open.length > 0 ? open : differences)
    .slice(0, 3)
    .map(
      ({ fd, target, what, kernel, preload, explanation }) =>
        `${what} of descriptor ${fd} (${target}): kernel: ${kernel}; preload: ${preload}${explanation === null ? '' : ` (${explanation})`}`,
    )
  return `the two ledgers differ in ${differences.length} places, ${open.length} of them unexplained: ${examples.join('. ')}`
}

/** The kernel's ledger, which knows more ways to open, with the Java stacks that only the preloaded library took. */
export function mergeLedgers(kernel: Entry[], preload: Entry[]): Entry[] {
  const others = new Map(preload.map((entry) => [entry.fd, entry]))
  return kernel.map((entry) => {
    const other = others.get(entry.fd)
    if (other === undefined) return entry
    const merged = { ...entry, bound: richer(entry.bound, other.bound) }
    merged.listened = richer(entry.listened, other.listened)
    merged.connected = richer(entry.connected, other.connected)
    merged.origin = richer(entry.origin, other.origin)
    return { ...merged, missing: merged.origin === entry.origin ? entry.missing : other.missing }
  })
}

/** Only what one thread did can complete what the kernel saw of it. */
function richer(kernel: Origin | null, preload: Origin | null): Origin | null {
  if (kernel === null || preload === null) return kernel ?? preload
  if (kernel.tid !== preload.tid) return kernel
  if (kernel.java.length === 0 && (preload.java.length > 0 || kernel.native.length === 0)) return preload
  return kernel
}
