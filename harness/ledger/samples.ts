import type { Frame } from '../report.js'
import { readEvents, type JfrObject, type JfrPools, type JfrValue } from './jfr.js'

/** One stack that the profiler took: of which thread, when (CLOCK_MONOTONIC, nanoseconds), and what was on it, innermost first. */
export interface Sample {
  /** The thread's id in its own pid namespace. */
  tid: number
  thread: string | null
  time: number
  java: Frame[]
  /** `socket (libc.so.6)` */
  native: string[]
}

/** The recording names threads as they were called at its end: the main thread has another name once main() is over. */
const threadName = (atEnd: string | null): string | null => (atEnd === 'DestroyJavaVM' ? 'main' : atEnd)

type Stack = Pick<Sample, 'java' | 'native'>

/** Frame types of which the profiler puts the library into the class and the symbol into the method. */
const NATIVE_FRAMES = new Set(['Native', 'C++', 'Kernel'])

/** All samples of an async-profiler recording. Equal stacks are resolved once and shared. */
export function readSamples(recording: Buffer): Sample[] {
  const samples: Sample[] = []
  const stacks = new Map<JfrPools, Map<number, Stack>>()
  readEvents(recording, 'jdk.ExecutionSample', (event, pools) => {
    const known = stacks.get(pools) ?? new Map<number, Stack>()
    stacks.set(pools, known)
    const key = Number(event.stackTrace)
    const stack = known.get(key) ?? readStack(key, pools)
    known.set(key, stack)
    const thread = lookUp(pools, 'java.lang.Thread', event.sampledThread)
    samples.push({
      tid: Number(thread?.osThreadId),
      thread: threadName(text(thread?.javaName) ?? text(thread?.osName)),
      time: Number(event.startTime),
      ...stack,
    })
  })
  return samples
}

function readStack(key: number, pools: JfrPools): Stack {
  const stack: Stack = { java: [], native: [] }
  const frames = lookUp(pools, 'jdk.types.StackTrace', key)?.frames
  if (!Array.isArray(frames)) return stack
  for (const frame of frames) {
    if (!isObject(frame)) continue
    const method = lookUp(pools, 'jdk.types.Method', frame.method)
    const declaring = lookUp(pools, 'java.lang.Class', method?.type)
    const owner = symbol(pools, declaring?.name)
    const name = symbol(pools, method?.name)
    const type = text(lookUp(pools, 'jdk.types.FrameType', frame.type)?.description)
    const line = Number(frame.lineNumber)
    if (type !== null && NATIVE_FRAMES.has(type)) stack.native.push(owner ? `${name} (${owner})` : name)
    else
      stack.java.push({
        class: owner.replaceAll('/', '.'),
        method: name,
        file: null,
        line: line > 0 ? line : null,
      })
  }
  return stack
}

const isObject = (value: JfrValue | undefined): value is JfrObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: JfrValue | undefined): string | null => (typeof value === 'string' ? value : null)

function lookUp(pools: JfrPools, type: string, key: JfrValue | undefined): JfrObject | undefined {
  const found = pools.get(type)?.get(Number(key))
  return isObject(found) ? found : undefined
}

const symbol = (pools: JfrPools, key: JfrValue | undefined): string =>
  text(lookUp(pools, 'jdk.types.Symbol', key)?.string) ?? ''
