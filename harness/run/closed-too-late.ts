import { closedLate, closedSince, gone } from '../checkpoint/rehearsal/result.js'
import { withClosed } from '../ledger/closed-late.js'
import type { Capture, LedgerReading, QuietLedger } from '../ledger/ledger.js'
import type { CheckpointedApp } from './checkpointed-app.js'

/** The reading with what was closed too late, or just after it was judged, as it was before. */
export async function withLate(
  { answer, reading }: Pick<CheckpointedApp, 'answer' | 'reading'>,
  before: Capture | null,
  quiet: QuietLedger,
): Promise<LedgerReading> {
  if (before === null || answer.outcome === 'passed') return reading
  const late = closedLate(answer.judgements)
  // To read it a second time costs as much as the first: of ten thousand descriptors a second.
  if (late.size === 0 && gone(answer, reading).length === 0) return reading
  const earlier = await quiet.read(before)
  const closed = new Set([...late, ...closedSince(answer, earlier, reading)])
  return closed.size === 0 ? reading : withClosed(reading, earlier, closed)
}
