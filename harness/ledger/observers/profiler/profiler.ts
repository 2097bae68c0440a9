import type { Capture } from '../../table/capture.js'
import type {
  Agent,
  LaunchNeeds,
  LoadLibrary,
  Observation,
  ObservedProcess,
  Observer,
  Observing,
  Quiet,
} from '../observer.js'
import type { Sampler } from './sampler.js'

/** async-profiler, which takes the Java stack of a thread that the kernel's observer asks by a signal. */
export class ProfilerObserver implements Observer {
  readonly name = 'profiler'

  constructor(private readonly sampler: Sampler) {}

  launch(preloaded: string | undefined): LaunchNeeds {
    const environment = this.sampler.environment(preloaded)
    // Where it is preloaded its recording is open before the JVM is there.
    const inherited = 'LD_PRELOAD' in environment ? this.sampler.recording : null
    return { jvmOptions: this.sampler.jvmOptions, environment, inherited }
  }

  agent(): Agent {
    return this.sampler.agent
  }

  async attach({ load }: ObservedProcess): Promise<Observing> {
    if (load !== null) await this.sampler.start(load)
    return new Sampling(this.sampler, load)
  }
}

class Sampling implements Observing, Quiet {
  private trouble: string | null = null

  constructor(
    private readonly sampler: Sampler,
    private readonly load: LoadLibrary | null,
  ) {}

  snapshot(): Promise<null> {
    return Promise.resolve(null)
  }

  async quiet(load: LoadLibrary): Promise<Quiet> {
    try {
      await this.sampler.stop(load)
    } catch (error) {
      // An app without samples still has records; a profiler that holds on would show as a descriptor of its own.
      this.trouble = `the profiler could not be stopped: ${error instanceof Error ? error.message : String(error)}`
    }
    return this
  }

  /** It writes its recording by itself when the JVM ends. */
  ended(): Quiet {
    return this
  }

  async collect({ ownPid }: Capture): Promise<Observation> {
    const found = await this.sampler.samples(ownPid)
    return { by: 'profiler', tells: 'stacks', found, notes: [this.trouble, this.sampler.damage] }
  }

  /** Of an app that was started for it nothing is left to stop: it ends with it. */
  async stop(): Promise<void> {
    if (this.load !== null) await this.sampler.stop(this.load)
  }
}
