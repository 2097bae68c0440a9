import type { Agent, LaunchNeeds, LoadLibrary, Observer } from './observers/observer.js'
import { RunningLedger, type RunningSettings } from './running-ledger.js'

/** What an app is to be started with, so that it can be observed. */
export class LaunchPlan {
  constructor(
    private readonly observers: readonly Observer[],
    private readonly settings: RunningSettings,
  ) {}

  /** Who observes. */
  get names(): string[] {
    return this.observers.map(({ name }) => name)
  }

  /** All that the observers need; `preloaded` is the app's own LD_PRELOAD. */
  needs(preloaded: string | undefined): LaunchNeeds {
    const all: LaunchNeeds = { jvmOptions: [], environment: {}, inherited: null }
    // What comes later in LD_PRELOAD is seen by what comes before it: the first observer comes first.
    for (const observer of this.observers.toReversed()) {
      const { jvmOptions, environment, inherited } = observer.launch(all.environment.LD_PRELOAD ?? preloaded)
      all.jvmOptions = [...jvmOptions, ...all.jvmOptions]
      Object.assign(all.environment, environment)
      all.inherited ??= inherited
    }
    return all
  }

  /** Observes a process that is held at its first instruction, started with what is needed. */
  async launched(pid: number): Promise<RunningLedger> {
    return await RunningLedger.begin(this.observers, { pid, load: null }, this.settings)
  }
}

/** What is to be loaded into a JVM that runs already. */
export class AttachPlan {
  constructor(
    private readonly observers: readonly Observer[],
    private readonly settings: RunningSettings,
  ) {}

  get agents(): Agent[] {
    return this.observers.map((each) => each.agent()).filter((agent) => agent !== null)
  }

  /** Observes it from now on; what it holds by now was opened before. */
  async attached(pid: number, load: LoadLibrary): Promise<RunningLedger> {
    return await RunningLedger.begin(this.observers, { pid, load }, this.settings)
  }
}
