import type { Restoration } from '../../model/restoration.js'
import type { CompletedCheckpoint } from '../checkpointed-app.js'

const nothing = {
  engine: null,
  engineVersion: null,
  capabilities: null,
  checkpointMs: null,
  imageBytes: null,
  restoreMs: null,
  probeMs: null,
  budgetMs: null,
  numbers: null,
  differences: [],
  secrets: [],
  kept: null,
} satisfies Partial<Restoration>

/** A restore that was asked for and not tried. */
export const notTried = (reason: string): Restoration => ({ ...nothing, verdict: 'not-tried', reason })

/** What the report says of it: an app that came back broken was not restored. */
export function restorationOf({ restoration = null, answer }: CompletedCheckpoint): Restoration | null {
  const [failure] = answer.afterRestore
  if (restoration?.verdict !== 'restored' || failure === undefined) return restoration
  return { ...restoration, verdict: 'restore-failed', reason: failure.message }
}
