import type { Restore } from '../../model/report.js'
import type { SendJcmd } from '../engine.js'

/** What it takes to ask a CRaC JDK. */
export interface CracRequest {
  jcmd: SendJcmd
  /** What the app has printed since the request: an engine's failure is reported there, not to jcmd. */
  appOutputSince: () => Promise<string>
  /** The names in the folder that a real engine writes its image to. */
  imageFiles: () => Promise<string[]>
  /** The log that the engine has left beside the image; empty where there is none. */
  engineLog?: () => Promise<string>
  /** What resources had closed and opened again, now that they have run; null where nobody looked. */
  reopened?: () => Promise<Pick<Restore, 'restored' | 'missing'> | null>
  /** How the app ends; never rejects. */
  exited: Promise<number | string>
  /** Whether the JVM is still there; asked of one whose engine only simulates. */
  alive: () => Promise<boolean>
  /** For all of it. */
  timeoutMs: number
}
