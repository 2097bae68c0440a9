import type { AppSpec } from '../app/spec.js'
import type { ClassIndex } from '../blockers/classes/classes.js'
import type { EngineAnswer } from '../checkpoint/engine.js'
import type { Host } from '../host/host.js'
import type { LedgerReading } from '../ledger/assemble.js'
import type { Restoration } from '../model/restoration.js'
import type { Launch } from './launch/launch.js'
import type { RunningApp } from './running-app.js'

/** What a report says of the app itself. */
export interface ReportedApp {
  readonly spec: AppSpec & { name: string }
  readonly launch: Launch
  readonly pid: number
  readonly bootMs: number
  /** When its checkpoint was asked for, from its release; null where nobody did. */
  readonly checkpointAtMs: number | null
  /** What it was taken as ready for, where nobody gave a condition. */
  readonly takenAsReady: string | null
  /** Where its file system begins on its host; null where it is the host's own. */
  readonly root: string | null
  readonly host: Host
}

/** What of it a report is made of. */
export type CompletedCheckpoint = Omit<CheckpointedApp, 'lookBack'>

/** What an app is asked, before the checkpoint and after it. */
export type Ask = (app: RunningApp) => Promise<void>

/** What a checkpoint brought to light, before findings and ledger are joined. */
export interface CheckpointedApp<App extends ReportedApp = ReportedApp> {
  app: App
  reading: LedgerReading
  answer: EngineAnswer
  /** Whether the app has asked for it itself. */
  byApp: boolean
  /** The JVM's own system properties: its class path, its home. */
  properties: Map<string, string>
  /** What it was started with, by its own word; null where it couldn't be asked. */
  jvmArguments: string | null
  /** What became of a restore that was asked for; null where none was. */
  restoration?: Restoration | null
  /** Completes the report of its restore, when it has been asked all that it is to be asked; `ask` asks that once more. */
  lookBack?: (checkpointed: CheckpointedApp<App>, ask?: Ask) => Promise<CheckpointedApp<App>>
  /** Where its classes come from, where that had to be looked up already. */
  index?: ClassIndex
}
