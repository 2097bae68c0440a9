import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { TracerError } from '../../../model/errors.js'
import type { Host } from '../../../host/host.js'
import { localHost } from '../../../host/local-host.js'
import { probesFolder } from '../../../host/package-root.js'
import type { PreloadKnowledge } from './match-preload.js'
import type { Watched } from '../../../host/procfs/fds.js'
import { countEvidence, noLosses } from '../../evidence.js'
import { joinLedger } from '../../join.js'
import { identify, readDump, toRecords, toSamples, type PreloadDump } from './preload-dump.js'
import type { LiveFile } from '../../records.js'
import type { LoadLibrary } from '../profiler/sampler.js'
import type { Evidence } from '../../../model/report.js'
import type { Entry } from '../../../model/target.js'
import type { SocketDescription } from '../../table/sockets.js'

const library = join(probesFolder, 'libfdpreload.so')

/** What the live table was when it was read, and what the ledger needs beside the records. */
export interface PreloadInput {
  pid: number
  live: LiveFile[]
  /** When the table was read, CLOCK_MONOTONIC nanoseconds. */
  at: number
  sockets: Map<number, SocketDescription>
  watches: Map<number, Watched[]>
  releasedAt: number
  nameAddress: (address: string) => string | null
  /** What is to be said of how it came about. */
  notes: (string | null | undefined)[]
}

export interface PreloadReading {
  knowledge: PreloadKnowledge
  told: () => { entries: Entry[]; evidence: Evidence }
}

const UNRECORDED =
  'no record: opened inside libc, in a library loaded with RTLD_DEEPBIND, by a system call past libc, or by io_uring, which the preloaded library does not see'
const FORGOTTEN =
  'no record: so many descriptors were closed since that its record may be among the forgotten'

/** The observer that needs no privilege: a library in the app itself that takes the stack of each thread that opens. */
export class Preload {
  private inherited: LiveFile[] = []
  private keepsAtDeath = false

  constructor(
    private readonly folder: string,
    private readonly host: Host = localHost,
  ) {}

  /** Why it can't be used; null where it can. */
  static refusal(): string | null {
    if (!existsSync(library))
      return `the preload library ${library} is not built for this machine; run "npm run build"`
    // The dynamic linker splits LD_PRELOAD there, and has no way to escape.
    if (/[\s:]/.test(library))
      return `LD_PRELOAD can't hold the path ${library}, as it has a space or a colon`
    return null
  }

  /**
   * Whether the dynamic linker loads the library into this launcher: it only lists what it would load. It ignores
   * LD_PRELOAD where the program has more rights than its user, and a static program has no linker.
   */
  static async canEnter(java: string): Promise<boolean> {
    const env = { ...process.env, LD_PRELOAD: library, LD_TRACE_LOADED_OBJECTS: '1' }
    const { stdout } = await execa(java, ['-version'], { env, reject: false, timeout: 10_000 })
    return stdout.includes(library)
  }

  get jvmOptions(): string[] {
    return [`-agentpath:${library}${this.keepsAtDeath ? `=death=${this.deathFile('')}` : ''}`]
  }

  /** From now on a JVM is started so that it writes down what the library knows as it ends, too. */
  keepAtDeath(): void {
    this.keepsAtDeath = true
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

  /** Before the user's own libraries, so that what these open is seen, too. */
  environment(preloaded: string | undefined): Record<string, string> {
    return { LD_PRELOAD: [library, ...(preloaded ? [preloaded] : [])].join(':') }
  }

  /** To be told of the table of the held process: what is open then is not the app's own. */
  holds(live: LiveFile[]): void {
    this.inherited = live
  }

  /** Asks the library for what it knows; it opens a file for that and closes it again. */
  async dump(load: LoadLibrary, since: number): Promise<PreloadDump> {
    const file = join(this.folder, `records-${process.hrtime.bigint()}.jsonl`)
    try {
      const { code, output } = await load(library, `since=${since},dump=${file}`)
      if (code !== 0)
        throw new TracerError(
          'TRACER_LOST',
          `The preloaded library did not write its records (${code}). The app may have been started with an LD_PRELOAD of its own making, by a set-uid or static launcher, or can't write to ${this.folder}. ${output.trim()}`,
        )
      return readDump(await this.host.readText(file, { follow: false }))
    } catch (error) {
      if (error instanceof TracerError) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new TracerError('TRACER_LOST', `The records of the preloaded library can't be had: ${why}`)
    } finally {
      await this.host.unlink(file).catch(() => undefined)
    }
  }

  /** What the library knows of the live table, and the ledger as it would tell it alone. */
  read(dump: PreloadDump, input: PreloadInput): PreloadReading {
    const { records, samples } = toRecords(dump, input.pid, input.nameAddress)
    const asSeen = identify(input.live, dump, input.at).map(({ stat, ...each }) => ({ ...each, ...stat }))
    const live = asSeen.map((each) => ({
      ...each,
      inherited: this.inherited.some(
        ({ fd, inode, device }) => fd === each.fd && inode === each.inode && device === each.device,
      ),
    }))
    const unrecorded = dump.closedSince > input.at ? FORGOTTEN : UNRECORDED
    return {
      knowledge: { records, samples, live, asked: toSamples(dump) },
      told: () => {
        const entries = joinLedger({ ...input, records, live, samples, unrecorded })
        const losses = { ...noLosses, noRoom: dump.lost + dump.noRoom }
        const { notes } = input
        return {
          entries,
          evidence: countEvidence({ tracer: 'preload', records, samples, live, entries, losses, notes }),
        }
      },
    }
  }
}
