import { EngineError } from '../model/errors.js'
import type { StartedApp } from '../app/held.js'
import type { ClassIndex } from '../blockers/classes/classes.js'
import type { EngineAnswer } from '../checkpoint/engine.js'
import { rehearseWhenAsked } from '../checkpoint/rehearsal/rehearsal.js'
import { loadAgent } from '../jvm/attach.js'
import { findJvms } from '../jvm/java.js'
import { jvmArguments } from '../jvm/jvm-arguments.js'
import { systemProperties } from '../jvm/properties.js'
import type { Launch } from './launch/launch.js'
import { emptyReading, propertiesOf } from './crac/after-end.js'
import { ImageFolder } from './crac/image-folder.js'
import { withImage } from './crac/kept-image.js'
import { answerToApp } from './crac/own-checkpoint.js'
import { classIndexOf } from './to-report.js'
import type { LedgerReading, RunningLedger } from '../ledger/ledger.js'
import { ownPidOf } from '../host/procfs/status.js'

interface Found {
  answer: EngineAnswer
  reading: LedgerReading
  properties: Map<string, string>
  jvmArguments: string | null
  /** Where its classes come from, looked up while its files can be read. */
  index: ClassIndex
}

/**
 * A checkpoint that the app asks for itself: `Core.checkpointRestore()`, Spring's onRefresh.
 * The app may end right afterwards, so everything is read while it waits for its answer.
 */
export class AppCheckpoint {
  private readonly giveUp = new AbortController()
  private begun = false
  private readonly answer: Promise<Found | null>

  private constructor(folder: string, launch: Launch, app: StartedApp, observer: RunningLedger) {
    this.answer =
      launch.engine === 'rehearsal'
        ? this.wait(folder, launch, app, observer)
        : this.waitForJdk(launch, app, observer)
    // A later caller learns of a failure; until then there may be none.
    this.answer.catch(() => undefined)
  }

  /** Starts to wait for one; `folder` is the harness's own, as the agent knows it. */
  static await(folder: string, launch: Launch, app: StartedApp, observer: RunningLedger): AppCheckpoint {
    return new AppCheckpoint(folder, launch, app, observer)
  }

  /** Resolves when the app has asked and been answered; never, where it does not ask. */
  async answered(): Promise<void> {
    if ((await this.answer) === null) await new Promise(() => undefined)
  }

  /** Ends the wait. What came of it: null where the app has not asked. */
  async stop(): Promise<Found | null> {
    if (!this.begun) this.giveUp.abort()
    return await this.answer
  }

  /** A CRaC JDK answers the app itself, which may end with the answer: what it has printed is all that is left then. */
  private async waitForJdk(launch: Launch, app: StartedApp, observer: RunningLedger): Promise<Found | null> {
    const { folder, written } = launch.image
    const image = await ImageFolder.open(folder, app.host)
    let found: Promise<Omit<Found, 'answer'>> | undefined
    const answer = await answerToApp({
      app,
      image,
      simulated: !written,
      signal: this.giveUp.signal,
      onAsked: () => {
        this.begun = true
        // A real engine must find nothing of ours in the app.
        if (!written) found = readOf(app, observer)
        found?.catch(() => undefined)
      },
    })
    if (answer === null) return null
    const nothing = { reading: emptyReading(), properties: propertiesOf(launch), jvmArguments: null }
    const { reading, properties, jvmArguments, index } = (await found?.catch(() => undefined)) ?? {
      ...nothing,
      index: await classIndexOf(nothing.reading, nothing.properties, app),
    }
    return { answer: await withImage(answer, launch.image, image), reading, properties, jvmArguments, index }
  }

  private async wait(
    folder: string,
    launch: Launch,
    app: StartedApp,
    observer: RunningLedger,
  ): Promise<Found | null> {
    let found: Omit<Found, 'answer'> | undefined
    const { host } = app
    try {
      const answer = await rehearseWhenAsked({
        folder,
        host,
        cracVersion: launch.cracVersion,
        jdkFeature: launch.java.feature,
        signal: this.giveUp.signal,
        onJudged: async (ownPid) => {
          this.begun = true
          const pid = await asItsHostNumbers(app, ownPid)
          found = await readNow(pid, app, observer)
        },
      })
      return found ? { answer, ...found } : null
    } catch (error) {
      if (this.giveUp.signal.aborted) return null
      throw error
    }
  }
}

/** Reads the ledger of the one JVM that is there, if it still is. */
async function readOf(app: StartedApp, observer: RunningLedger): Promise<Omit<Found, 'answer'>> {
  const [pid] = await findJvms(app.pid, app.host)
  return await readNow(pid ?? app.pid, app, observer)
}

async function readNow(
  pid: number,
  app: StartedApp,
  observer: RunningLedger,
): Promise<Omit<Found, 'answer'>> {
  const { host } = app
  const properties = await systemProperties(pid, { host })
  const given = await jvmArguments(pid, { host })
  const captured = await observer.capture(pid)
  const load = (library: string, options: string) =>
    loadAgent(pid, app.inside(library), app.inside(options), { host })
  const quiet = await observer.quiet(load)
  const reading = await quiet.read(captured)
  const index = await classIndexOf(reading, properties, app)
  // It may end as soon as it goes on, and its class path with it.
  for (const { origin, bound, listened, connected } of reading.entries)
    for (const made of [origin, bound, listened, connected])
      for (const frame of made?.java ?? []) await index.find(frame.class)
  return { properties, jvmArguments: given, reading, index }
}

/** The agent knows its JVM by the pid that it has in its own namespace. The sender must be a JVM of the app. */
async function asItsHostNumbers({ pid: appPid, host }: StartedApp, ownPid: number): Promise<number> {
  for (const pid of await findJvms(appPid, host)) if ((await ownPidOf(pid, host)) === ownPid) return pid
  throw new EngineError(
    'ENGINE_NO_ANSWER',
    `A note in the harness's own folder says that process ${ownPid} has asked for a checkpoint, and that is no JVM of the app. Something in the app writes into that folder: the rehearsal's agent does, and nothing else should.`,
  )
}
