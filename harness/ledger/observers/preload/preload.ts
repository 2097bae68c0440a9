import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TracerError } from '../../../model/errors.js'
import type { Host } from '../../../host/host.js'
import { probesFolder } from '../../../host/package-root.js'
import type { LiveFile } from '../../records.js'
import type { Capture } from '../../table/capture.js'
import { readLiveTable } from '../../table/live-table.js'
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
import type { PreloadDump } from './preload-dump.js'
import { askLibrary, readLibrary, readWritten } from './preload-reading.js'

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

  agent(): Agent {
    return { library, stop: 'end' }
  }

  /** What is open then is not the app's own, or was opened before. A JVM that runs already has the hooks put in late. */
  async attach({ pid, load }: ObservedProcess): Promise<Observing> {
    if (load !== null) await begin(load)
    return new Preloaded(this, await readLiveTable(pid, this.host), load)
  }

  /** What the library in a JVM knows of a table. */
  read(load: LoadLibrary, captured: Capture, inherited: LiveFile[]): Promise<Observation> {
    const { folder, host } = this
    const asked = () => askLibrary(library, load, { folder, host, since: captured.at })
    return this.tell(asked, captured, inherited)
  }

  /** The same of a JVM that has ended: what the library has written down at its end. */
  readEnded(ownPid: number, captured: Capture, inherited: LiveFile[]): Promise<Observation> {
    return this.tell(() => readWritten(this.deathFile(`${ownPid}.jsonl`), this.host), captured, inherited)
  }

  private async tell(
    ask: () => Promise<PreloadDump>,
    captured: Capture,
    inherited: LiveFile[],
  ): Promise<Observation> {
    try {
      const dump = await ask()
      await captured.symbols.load([...dump.stacks.values()].flatMap(({ native }) => native))
      return {
        by: 'preload',
        tells: 'records and stacks',
        found: readLibrary(dump, captured, inherited),
        notes: [],
      }
    } catch (error) {
      if (!(error instanceof TracerError)) throw error
      return { by: 'preload', tells: 'records and stacks', found: null, notes: [error.message] }
    }
  }

  private deathFile(end: string): string {
    return join(this.folder, `death-${end}`)
  }
}

/** What `probes/preload/README.md` says of the answers. */
const ANSWERS: Partial<Record<number, string>> = {
  2: 'it is at work there already: for another trace, or as the app was started with it',
  3: 'it does not know this JVM’s threads',
  4: 'none of its libraries calls libc in a way that can be led through it',
}

async function begin(load: LoadLibrary): Promise<void> {
  const { code, output } = await load(library, 'begin')
  if (code === 0) return
  const why = ANSWERS[code] ?? `${output.trim()} (${code})`
  throw new TracerError(
    'TRACER_MISSING',
    `The library that records descriptors can't be put into the JVM: ${why}.`,
  )
}

/** It is in the app, holds nothing there, and is asked when a table has been captured: it knows what has been closed since. */
class Preloaded implements Observing {
  constructor(
    private readonly observer: PreloadObserver,
    private readonly inherited: LiveFile[],
    private readonly load: LoadLibrary | null,
  ) {}

  snapshot(): Promise<null> {
    return Promise.resolve(null)
  }

  quiet(load: LoadLibrary): Promise<Quiet> {
    const { observer, inherited } = this
    return Promise.resolve({ collect: (captured) => observer.read(load, captured, inherited) })
  }

  ended(ownPid: number): Quiet {
    return { collect: (captured) => this.observer.readEnded(ownPid, captured, this.inherited) }
  }

  /** An app that was started with it keeps it to its end; from another one the hooks are taken out. */
  async stop(): Promise<void> {
    await this.load?.(library, 'end')
  }
}
