import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { TracerError } from '../../../model/errors.js'
import type { Host } from '../../../host/host.js'
import { localHost } from '../../../host/local-host.js'
import { probesFolder } from '../../../host/package-root.js'
import type { Agent, LoadLibrary } from '../observer.js'
import { salvageSamples, type Sample } from './samples.js'

const library = join(probesFolder, 'libasyncProfiler.so')

/**
 * How async-profiler waits: a timer that never fires, so that only the tracer's SIGPROF takes stacks, on the tracer's
 * clock. `event=cpu` would open perf descriptors and `wall` takes no sample of a signal that it did not send itself.
 */
const IDLE = 'event=itimer,interval=1000000s,cstack=vm,clock=monotonic,loglevel=none,jfr'

/** The profiler that takes a Java stack at every SIGPROF, from the JVM's first instruction until it is stopped. */
export class Sampler {
  private stopped = false
  /** What is wrong with the recording that was read; null where it is whole. */
  damage: string | null = null

  /**
   * With `bootStacks` it also takes native stacks before the JVM's agents are up: a small library is preloaded into the
   * launcher, starts the profiler there, and takes itself out of the environment that the app's children inherit.
   */
  constructor(
    private readonly folder: string,
    private readonly bootStacks: boolean,
    private readonly host: Host = localHost,
  ) {}

  /** Why it can't be used; null where it can. */
  static async refusal(): Promise<string | null> {
    return await access(library).then(
      () => null,
      () => 'the profiler is not built for this machine, so there are no Java stacks; run "npm run build"',
    )
  }

  /** Agents load before the JVM's own boot is over; what opens earlier has a record but no sample. */
  get jvmOptions(): string[] {
    if (this.bootStacks) return [`-agentpath:${library}`]
    return [`-agentpath:${library}=start,${IDLE},file=${this.recording}`]
  }

  /** What the app's environment must have; `preloaded` is the user's own LD_PRELOAD. */
  environment(preloaded: string | undefined): Record<string, string> {
    if (!this.bootStacks) return {}
    return {
      LD_PRELOAD: [join(probesFolder, 'libbootstacks.so'), ...(preloaded ? [preloaded] : [])].join(':'),
      BOOTSTACKS_PROFILER: library,
      BOOTSTACKS_COMMAND: `start,${IDLE},file=${this.recording}`,
    }
  }

  /** Where the profiler writes. Every JVM that the command starts has a recording of its own: %p is its pid. */
  get recording(): string {
    // A CRaC JDK must be told the exact path, before any pid is known; and the preload reaches one JVM only.
    return join(this.folder, this.bootStacks ? 'samples.jfr' : 'samples-%p.jfr')
  }

  /** Begins the sampling in a JVM that runs already. */
  async start(load: LoadLibrary): Promise<void> {
    const { code, output } = await load(library, `start,${IDLE},file=${this.recording}`)
    if (code !== 0)
      throw new TracerError(
        'TRACER_MISSING',
        `The profiler did not start (${code}): ${output.trim()}. It may be at work already, for another trace; or the JVM is not of the C library that it is built for.`,
      )
  }

  /** What ends the sampling, for the guard. */
  get agent(): Agent {
    return { library, stop: `stop,file=${this.recording}` }
  }

  /** Ends the sampling. Afterwards the profiler holds no descriptor, thread or timer; only its library stays mapped. */
  async stop(load: LoadLibrary): Promise<void> {
    if (this.stopped) return
    const { code, output } = await load(library, this.agent.stop)
    if (code !== 0)
      throw new TracerError('TRACER_LOST', `The profiler did not stop (${code}): ${output.trim()}`)
    this.stopped = true
  }

  /** The stacks taken in the JVM that knows itself by this pid; none where it ended before writing them. */
  async samples(ownPid: number): Promise<Sample[]> {
    const file = this.recording.replace('%p', String(ownPid))
    const recording = await this.host.readFile(file, { follow: false }).catch(() => Buffer.alloc(0))
    const { samples, damage } = salvageSamples(recording)
    this.damage =
      damage === null ? null : `the profiler's recording is damaged, so Java stacks are missing: ${damage}`
    return samples
  }
}
