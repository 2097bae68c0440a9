import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'
import type { CracVersion, EngineAnswer } from '../../../../harness/checkpoint/engine.js'
import { rehearsalOptions, rehearse } from '../../../../harness/checkpoint/rehearsal/rehearsal.js'
import { loadAgent } from '../../../../harness/jvm/attach.js'
import { packageRoot } from '../../../../harness/host/package-root.js'
import { probesRoot } from '../../../../harness/host/probe-folders.js'
import { fixture, type Jdk, jdk, jdks } from '../../../support/java.js'

/** The folder that the recorded programs know as /srv/app, with their files and their jar. */
export interface Workshop {
  folder: string
  jar: string
  remove: () => void
}

const newest = jdks.findLast(({ home }) => existsSync(join(home, 'bin', 'javac')))

/** Builds the agent unless it is up to date. */
export function buildAgent(): void {
  execFileSync(process.execPath, [join(packageRoot, 'scripts', 'setup.mjs'), 'build'], { timeout: 300_000 })
}

/** For a file of tests: the newest agent, and a workshop that goes when they are through. */
export function workshopFor(sources: Record<string, string>): Workshop {
  buildAgent()
  const workshop = openWorkshop(sources)
  afterAll(() => {
    workshop.remove()
  })
  return workshop
}

/** Compiles the recorded programs and lays out their folder as the transcripts show it. */
export function openWorkshop(sources: Record<string, string> = {}): Workshop {
  if (newest === undefined) throw new Error('There is no JDK with a compiler on this machine.')
  const top = mkdtempSync(join(tmpdir(), 'rehearsal-'))
  const folder = join(top, 'app')
  cpSync(fixture('transcripts', 'cases'), folder, { recursive: true })
  mkdirSync(join(folder, 'dir'))
  writeFileSync(join(folder, 'data.txt'), 'some text\nmore of it\n')
  writeFileSync(join(top, 'a.txt'), 'a')
  writeFileSync(join(top, 'Plug.java'), 'public class Plug { }')
  const jar = join(top, 'cases.jar')
  const classes = join(top, 'classes')
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, `${name}.java`), text)
  const all = readdirSync(folder).filter((name) => name.endsWith('.java'))
  for (const name of all) {
    const path = join(folder, name)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('/srv/app', folder))
  }
  const old = all.filter((name) => !readFileSync(join(folder, name), 'utf8').includes('Thread.ofVirtual'))
  compile(
    17,
    classes,
    old.map((name) => join(folder, name)),
  )
  const rest = all.filter((name) => !old.includes(name))
  if (newest.feature >= 21)
    compile(
      21,
      classes,
      rest.map((name) => join(folder, name)),
      classes,
    )
  compile(17, join(top, 'plug'), [join(top, 'Plug.java')])
  archive(jar, classes, '.')
  archive(join(folder, 'plugin.jar'), join(top, 'plug'), 'Plug.class')
  archive(join(folder, 'data.zip'), top, 'a.txt')
  return { folder, jar, remove: () => rmSync(top, { recursive: true, force: true }) }
}

function compile(release: number, target: string, sources: string[], classPath = ''): void {
  const path = [join(probesRoot, 'common', 'rehearsal.jar'), classPath].join(':')
  const options = ['-nowarn', '-g', '--release', String(release), '-cp', path, '-d', target]
  execFileSync(join(newest?.home ?? '', 'bin', 'javac'), [...options, ...sources], {
    stdio: 'ignore',
    timeout: 60_000,
  })
}

function archive(target: string, folder: string, what: string): void {
  execFileSync(join(newest?.home ?? '', 'bin', 'jar'), ['--create', '--file', target, '-C', folder, what], {
    timeout: 60_000,
  })
}

/** A recorded program, or a test's own, running under the agent. */
export class RehearsedApp {
  private constructor(
    private readonly process: ChildProcess,
    private readonly workshop: Workshop,
    private readonly version: CracVersion,
    private readonly files: { out: string; err: string },
    private readonly jdk: Jdk,
  ) {}

  /**
   * Starts it as the transcripts did: stdin is /dev/null, stdout and stderr are files.
   * `late` leaves the agent out, `seven` opens descriptor 7 on data.txt, `options` stand for the harness's own.
   */
  static start(
    workshop: Workshop,
    jdk: Jdk,
    version: CracVersion,
    given: string,
    how: { late?: boolean; seven?: boolean; merged?: boolean; options?: string[] } = {},
  ): RehearsedApp {
    const files = {
      out: join(workshop.folder, '..', `${++runs}.out`),
      err: join(workshop.folder, '..', `${runs}.err`),
    }
    const out = openSync(files.out, 'a')
    const err = how.merged === true ? out : openSync(files.err, 'a')
    const data = openSync(join(workshop.folder, 'data.txt'), 'r')
    const extra = how.seven === true ? (['ignore', 'ignore', 'ignore', 'ignore', data] as const) : []
    const ours = how.late === true ? rehearsalOptions(version).slice(0, -1) : rehearsalOptions(version)
    const options = how.options ?? ours
    const words = given
      .replaceAll('/app/cases.jar', workshop.jar)
      .replaceAll('/srv/app', workshop.folder)
      .split(/\s+/)
    const child = spawn(jdk.java, [...options, ...words], {
      cwd: workshop.folder,
      stdio: ['ignore', out, err, ...extra],
    })
    for (const fd of new Set([out, err, data])) closeSync(fd)
    return new RehearsedApp(child, workshop, version, files, jdk)
  }

  get pid(): number {
    return this.process.pid ?? 0
  }

  get stdout(): string {
    return readFileSync(this.files.out, 'utf8')
  }

  get stderr(): string {
    return existsSync(this.files.err) ? readFileSync(this.files.err, 'utf8') : ''
  }

  async ready(text = 'READY'): Promise<void> {
    const end = Date.now() + 30_000
    while (!this.stdout.includes(text)) {
      if (this.process.exitCode !== null || Date.now() > end)
        throw new Error(
          `${this.process.spawnargs.join(' ')} never said ${text}: ${this.stdout}${this.stderr}`,
        )
      await sleep(20)
    }
  }

  async ended(): Promise<void> {
    const end = Date.now() + 30_000
    while (this.process.exitCode === null && this.process.signalCode === null) {
      if (Date.now() > end) throw new Error(`${this.process.spawnargs.join(' ')} does not end`)
      await sleep(20)
    }
  }

  ask(version: CracVersion = this.version, timeoutMs = 30_000): Promise<EngineAnswer> {
    return rehearse({
      load: (library, options) => loadAgent(this.pid, library, options, { timeoutMs: 40_000 }),
      cracVersion: version,
      folder: join(this.workshop.folder, '..'),
      timeoutMs,
      jdkFeature: this.jdk.feature,
    })
  }

  async stop(): Promise<void> {
    this.process.kill()
    await sleep(10)
    await this.ended().catch(() => this.process.kill('SIGKILL'))
  }
}

let runs = 0

export type How = Parameters<typeof RehearsedApp.start>[4] & { jdk?: Jdk; as?: CracVersion }

/** The class path that every recorded command line has. */
export const cases = '-cp /app/cases.jar'

/** Starts a program, waits until it is ready, and ends it whatever happens. */
export async function running<T>(
  workshop: Workshop,
  what: string,
  work: (app: RehearsedApp) => Promise<T>,
  how: How = {},
): Promise<T> {
  const app = RehearsedApp.start(workshop, how.jdk ?? jdk, how.as ?? '25', what, how)
  try {
    await app.ready()
    return await work(app)
  } finally {
    await app.stop()
  }
}

/** What an answer says, in the order in which it is printed. */
export const messages = (answer: EngineAnswer): string[] => answer.findings.map(({ message }) => message)

export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )
