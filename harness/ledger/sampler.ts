import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TracerError } from '../errors.js'
import { probesFolder } from '../package-root.js'
import { readSamples, type Sample } from './samples.js'

/** Loads an agent library into the app; `code` is what the agent returned. */
export type LoadLibrary = (library: string, options: string) => Promise<{ code: number; output: string }>

const library = join(probesFolder, 'libasyncProfiler.so')

/**
 * How async-profiler waits: a timer that never fires, so that only the tracer's SIGPROF takes stacks, on the tracer's
 * clock. `event=cpu` would open perf descriptors and `wall` takes no sample of a signal that it did not send itself.
 */
const IDLE = 'event=itimer,interval=1000000s,cstack=vm,clock=monotonic,loglevel=none,jfr'

/** The profiler that takes a Java stack at every SIGPROF, from the JVM's first instruction until it is stopped. */
export class Sampler {
  private stopped = false

  /** Every JVM that the command starts writes a recording of its own; the profiler replaces %p by its pid. */
  constructor(private readonly folder: string) {}

  static async isBuilt(): Promise<boolean> {
    return await access(library).then(
      () => true,
      () => false,
    )
  }

  /** Agents load before the JVM's own boot is over; what opens earlier has a record but no sample. */
  get jvmOptions(): string[] {
    return [`-agentpath:${library}=start,${IDLE},file=${this.recording('%p')}`]
  }

  /** Ends the sampling. Afterwards the profiler holds no descriptor, thread or timer; only its library stays mapped. */
  async stop(load: LoadLibrary): Promise<void> {
    if (this.stopped) return
    const { code, output } = await load(library, `stop,file=${this.recording('%p')}`)
    if (code !== 0)
      throw new TracerError('TRACER_LOST', `The profiler did not stop (${code}): ${output.trim()}`)
    this.stopped = true
  }

  /** The stacks taken in the JVM that knows itself by this pid; none where it ended before writing them. */
  async samples(ownPid: number): Promise<Sample[]> {
    const recording = await readFile(this.recording(String(ownPid))).catch(() => Buffer.alloc(0))
    return readSamples(recording)
  }

  private recording(pid: string): string {
    return join(this.folder, `samples-${pid}.jfr`)
  }
}
