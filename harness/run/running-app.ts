import type { LedgerReading } from '../ledger/assemble.js'
import type { LedgerEntry, Report } from '../model/report.js'

/** The ledger with each entry as the report has it. */
export type LedgerForUsers = Omit<LedgerReading, 'entries'> & { entries: LedgerEntry[] }

/** An app that is ready and observed. Only of such an app can a checkpoint be asked. */
export interface RunningApp {
  readonly name: string
  /** As its machine numbers it. */
  readonly pid: number
  /** The newest megabyte of what the app has printed. */
  readonly output: string
  /** Where one of its ports can be reached from here. */
  url(port: number, path?: string): string
  /**
   * A request to the app, by a path, or by a URL as it stands here or as the app knows it. Its connections are the
   * harness's own and closed before a checkpoint is asked for.
   */
  fetch(target: string, init?: RequestInit): Promise<Response>
  /** Asks for a checkpoint. A refusal is a report with verdict `blocked`; an error means that there is no answer. */
  checkpoint(timeoutMs?: number): Promise<Report>
  /** Who made each of its descriptors. Ends the sampling; the app runs on. */
  ledger(): Promise<LedgerForUsers>
  /** Ends the app and removes what was made for it. */
  stop(): Promise<void>
}
