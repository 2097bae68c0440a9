import { formatFrame } from '../../harness/model/text.js'
import type { LedgerEntry } from '../../harness/model/report.js'
import { isJdkFrame } from './stacks.js'

/** One box of a flame graph before it is drawn: what it is, and whose code. */
export interface StackFrame {
  name: string
  code: 'app' | 'jdk' | 'native' | 'note'
}

/** How a live descriptor came about as one stack, outermost first, ending in the system call; never empty. */
export function originStack({ origin, missing, kind }: LedgerEntry): StackFrame[] {
  const java = (origin?.java ?? []).map((frame): StackFrame => ({
    // Without the address of a hidden class, which is another one in each run.
    name: formatFrame({ ...frame, class: frame.class.replace(/[/.+]0x[0-9a-f]+$/i, '') }),
    code: isJdkFrame(frame) ? 'jdk' : 'app',
  }))
  const native = (origin?.native ?? []).map((name): StackFrame => ({ name, code: 'native' }))
  // Below Java there is only what started the thread, so native frames speak where there is no Java.
  const frames = (java.length > 0 ? java : native).toReversed()
  const syscall = origin?.syscall ?? null
  const end: StackFrame = { name: syscall === null ? `[${kind}]` : `[${kind}] ${syscall}`, code: 'note' }
  const why: StackFrame[] =
    frames.length === 0 ? [{ name: `[${missing ?? 'origin not known'}]`, code: 'note' }] : []
  return [...why, ...frames, end]
}
