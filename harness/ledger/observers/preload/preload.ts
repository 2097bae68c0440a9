import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TracerError } from '../../../model/errors.js'
import type { Host } from '../../../host/host.js'
import { probesFolder } from '../../../host/package-root.js'
import type { LiveFile } from '../../records.js'
import type { Capture } from '../../table/capture.js'
import { readLiveTable } from '../../table/live-table.js'
import type {
  LaunchNeeds,
  LoadLibrary,
  Observation,
  ObservedProcess,
  Observer,
  Observing,
  Quiet,
} from '../observer.js'
import { askLibrary, readLibrary } from './preload-reading.js'

export const library = join(probesFolder, 'libfdpreload.so')

/** The observer that needs no privilege: a library in the app itself that takes the stack of each thread that opens. */
export class PreloadObserver implements Observer {
  readonly name = 'preload'

  constructor(
    private readonly folder: string,
    private readonly host: Host,
    /** Whether the library also writes down what it knows as the JVM ends. */
    private readonly keepsAtDeath: boolean,
  ) {}

  /** Why it can't be used; null where it can. */
  static refusal(): string | null {
    if (!existsSync(library))
      return `the preload library ${library} is not built for this machine; run "npm run build"`
    return null
  }

  /** Before the user's own libraries, so that what these open is seen, too. */
  launch(preloaded: string | undefined): LaunchNeeds {
    return {
      jvmOptions: [`-agentpath:${library}${this.keepsAtDeath ? `=death=${this.deathFile('')}` : ''}`],
      environment: { LD_PRELOAD: [library, ...(preloaded ? [preloaded] : [])].join(':') },
      inherited: null,
    }
  }

  agent(): null {
    return null
  }

  /** What is open in the held process is not the app's own. */
  async attach({ pid }: ObservedProcess): Promise<Observing> {
    return new Preloaded(this, await readLiveTable(pid, this.host))
  }

  /** What the library knows of a table, by way of the JVM that it is in, or of what it has written at its end. */
  async read(load: LoadLibrary, captured: Capture, inherited: LiveFile[]): Promise<Observation> {
    try {
      const { folder, host } = this
      const dump = await askLibrary(library, load, { folder, host, since: captured.at })
      await captured.symbols.load([...dump.stacks.values()].flatMap(({ native }) => native))
      return { by: 'preload', found: readLibrary(dump, captured, inherited), notes: [] }
    } catch (error) {
      if (!(error instanceof TracerError)) throw error
      return { by: 'preload', found: null, notes: [error.message] }
    }
  }

  /** Answers in the place of a JVM that has ended, with what the library has written down at its end. */
  afterDeath(ownPid: number): LoadLibrary {
    return async (_, options) => {
      const asked = /\bdump=(.*)$/s.exec(options)?.[1]
      const written = this.deathFile(`${ownPid}.jsonl`)
      if (asked === undefined || !existsSync(written))
        return { code: 1, output: 'The JVM was killed, or ended before it was up.' }
      await copyFile(written, asked)
      return { code: 0, output: '' }
    }
  }

  private deathFile(end: string): string {
    return join(this.folder, `death-${end}`)
  }
}

/** It is in the app, holds nothing there, and is asked when a table has been captured: it knows what has been closed since. */
class Preloaded implements Observing {
  constructor(
    private readonly observer: PreloadObserver,
    private readonly inherited: LiveFile[],
  ) {}

  snapshot(): Promise<null> {
    return Promise.resolve(null)
  }

  quiet(load: LoadLibrary): Promise<Quiet> {
    return Promise.resolve(this.through(load))
  }

  ended(ownPid: number): Quiet {
    return this.through(this.observer.afterDeath(ownPid))
  }

  /** It ends with the app. */
  stop(): Promise<void> {
    return Promise.resolve()
  }

  private through(load: LoadLibrary): Quiet {
    return { collect: (captured) => this.observer.read(load, captured, this.inherited) }
  }
}
