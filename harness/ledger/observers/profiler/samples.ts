import { describeNative } from '../../../model/native-frame.js'
import type { Frame } from '../../../model/report.js'
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

/** The profiler walks half as many. */
const MOST_FRAMES = 4096

/** The samples of a recording, as far as it is whole, and what is wrong with it. */
export interface Salvage {
  samples: Sample[]
  damage: string | null
}

/**
 * Reads what a JVM may not have written to its end. A damaged chunk counts for nothing: a stack that was read from it
 * might be another one.
 */
export function salvageSamples(recording: Buffer): Salvage {
  const samples: Sample[] = []
  let whole = 0
  try {
    collectSamples(recording, samples, () => (whole = samples.length))
    return { samples, damage: null }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { samples: samples.slice(0, whole), damage: why }
  }
}

/** All samples of an async-profiler recording; throws where it is damaged. */
export function readSamples(recording: Buffer): Sample[] {
  const samples: Sample[] = []
  collectSamples(recording, samples)
  return samples
}

/** Equal stacks are resolved once and shared. */
function collectSamples(recording: Buffer, samples: Sample[], onChunkEnd?: () => void): void {
  let chunk: JfrPools | null = null
  const stacks = new Map<number, Stack>()
  const threads = new Map<number, Pick<Sample, 'tid' | 'thread'>>()
  const read = (event: JfrObject, pools: JfrPools): void => {
    // Keys are those of the chunk.
    if (pools !== chunk) {
      stacks.clear()
      threads.clear()
      chunk = pools
    }
    const { tid, thread } = known(threads, Number(event.sampledThread), (key) => readThread(key, pools))
    const { java, native } = known(stacks, Number(event.stackTrace), (key) => readStack(key, pools))
    samples.push({ tid, thread, time: Number(event.startTime), java, native })
  }
  readEvents(recording, 'jdk.ExecutionSample', read, onChunkEnd)
}

function known<T>(cache: Map<number, T>, key: number, read: (key: number) => T): T {
  let value = cache.get(key)
  if (value === undefined) cache.set(key, (value = read(key)))
  return value
}

function readThread(key: number, pools: JfrPools): Pick<Sample, 'tid' | 'thread'> {
  const thread = lookUp(pools, 'java.lang.Thread', key)
  return {
    tid: Number(thread?.osThreadId),
    thread: threadName(text(thread?.javaName) ?? text(thread?.osName)),
  }
}

function readStack(key: number, pools: JfrPools): Stack {
  const stack: Stack = { java: [], native: [] }
  const frames = lookUp(pools, 'jdk.types.StackTrace', key)?.frames
  if (!Array.isArray(frames)) return stack
  if (frames.length > MOST_FRAMES) throw new Error(`A stack of it has ${frames.length} frames.`)
  for (const frame of frames) {
    if (!isObject(frame)) continue
    const method = lookUp(pools, 'jdk.types.Method', frame.method)
    const declaring = lookUp(pools, 'java.lang.Class', method?.type)
    const owner = symbol(pools, declaring?.name)
    const name = symbol(pools, method?.name)
    const type = text(lookUp(pools, 'jdk.types.FrameType', frame.type)?.description)
    const line = Number(frame.lineNumber)
    if (type !== null && NATIVE_FRAMES.has(type))
      stack.native.push(describeNative({ function: name, offset: null, library: owner || null }))
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
