/** Makes native stacks readable: what of them explains a descriptor, in one line, and whole without the JVM's insides. */
import { readNative } from '../../harness/model/native-frame.js'

interface ShownFrame {
  /** Null where the file has no name for it. */
  name: string | null
  library: string
  text: string
}

/** A name alone is of libc, which was called. */
function parse(text: string): ShownFrame {
  const { function: name, library } = readNative(text)
  return { name, library: library ?? 'libc.so.6', text }
}

/** Frames of one library that call each other. */
function runsOf(frames: readonly string[]): ShownFrame[][] {
  const runs: ShownFrame[][] = []
  for (const frame of frames.map(parse)) {
    const last = runs.at(-1)
    if (last?.[0]?.library === frame.library) last.push(frame)
    else runs.push([frame])
  }
  return runs
}

const isJvm = (library: string): boolean => library === 'libjvm.so'
const isPlatform = (library: string): boolean =>
  /^(?:libc|libpthread|ld-linux[\w-]*|libc\.musl[\w-]*)[.-]/.test(library)

/** A native stack, innermost first, with each way through the JVM folded to one line that names where it was entered. */
export function foldNative(frames: readonly string[]): string[] {
  return runsOf(frames).flatMap((run) => {
    const [first] = run
    if (first === undefined || !isJvm(first.library) || run.length < 2) return run.map(({ text }) => text)
    const entry = run.at(-1)?.name ?? null
    return [`libjvm.so (${run.length} frames${entry === null ? '' : `, from ${entry}`})`]
  })
}

/**
 * The same in one line, from the library that did it to where it came from: `libnss_x.so ask ← getpwuid_r ← JVM boot`.
 * Null where nothing but libc is known.
 */
export function nativeLine(frames: readonly string[]): string | null {
  const steps: string[] = []
  for (const [i, run] of runsOf(frames).entries()) {
    const library = run[0]?.library ?? ''
    if (isJvm(library)) {
      if (run.some(({ name }) => name === 'JNI_CreateJavaVM')) {
        steps.push('JVM boot')
        break
      }
      steps.push(run.length === 1 ? (run[0]?.text ?? '') : `libjvm.so (${run.length} frames)`)
    } else if (isPlatform(library)) {
      // The innermost is the system call, which is shown anyway; what starts a thread says nothing.
      const called = run.findLast(({ name }) => name !== null && !/^_|^start_thread$|^clone3?$/.test(name))
      if (i > 0 && called?.name) steps.push(called.name)
    } else steps.push(stepOf(library, run))
  }
  return steps.length > 0 ? steps.join(' ← ') : null
}

/** `libfoo.so open_it`, `libfoo.so open_it … begin`, `libfoo.so+0x1234`. */
function stepOf(library: string, run: ShownFrame[]): string {
  const [first, last] = [run[0], run.at(-1)]
  const names = [...new Set([first?.name ?? null, last?.name ?? null])].filter((name) => name !== null)
  return names.length > 0 ? `${library} ${names.join(' … ')}` : (first?.text ?? library)
}
